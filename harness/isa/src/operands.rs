//! What the arguments of some instructions mean, as types.

use std::cmp::Ordering;

macro_rules! operand {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident = $number:literal $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[doc = $vdoc])+ $variant = $number,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// From the argument of an instruction; `None` if it is no such thing, which no decoded instruction has.
            pub const fn from_arg(arg: u32) -> Option<Self> {
                match arg { $($number => Some(Self::$variant),)+ _ => None }
            }

            /// As it is written in Python.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

operand! {
    /// The argument of [`Op::CompareOp`](crate::Op::CompareOp), in the numbering of `dis.cmp_op`.
    CompareOperator {
        /// `<`
        Lt = 0 "<",
        /// `<=`
        Le = 1 "<=",
        /// `==`
        Eq = 2 "==",
        /// `!=`
        Ne = 3 "!=",
        /// `>`
        Gt = 4 ">",
        /// `>=`
        Ge = 5 ">=",
    }
}

operand! {
    /// The argument of [`Op::BinaryOp`](crate::Op::BinaryOp); the numbering is that of all three versions.
    BinaryOperator {
        /// `+`
        Add = 0 "+",
        /// `&`
        And = 1 "&",
        /// `//`
        FloorDivide = 2 "//",
        /// `<<`
        LeftShift = 3 "<<",
        /// `@`
        MatrixMultiply = 4 "@",
        /// `*`
        Multiply = 5 "*",
        /// `%`
        Remainder = 6 "%",
        /// `|`
        Or = 7 "|",
        /// `**`
        Power = 8 "**",
        /// `>>`
        RightShift = 9 ">>",
        /// `-`
        Subtract = 10 "-",
        /// `/`
        TrueDivide = 11 "/",
        /// `^`
        Xor = 12 "^",
        /// `+=`
        InplaceAdd = 13 "+=",
        /// `&=`
        InplaceAnd = 14 "&=",
        /// `//=`
        InplaceFloorDivide = 15 "//=",
        /// `<<=`
        InplaceLeftShift = 16 "<<=",
        /// `@=`
        InplaceMatrixMultiply = 17 "@=",
        /// `*=`
        InplaceMultiply = 18 "*=",
        /// `%=`
        InplaceRemainder = 19 "%=",
        /// `|=`
        InplaceOr = 20 "|=",
        /// `**=`
        InplacePower = 21 "**=",
        /// `>>=`
        InplaceRightShift = 22 ">>=",
        /// `-=`
        InplaceSubtract = 23 "-=",
        /// `/=`
        InplaceTrueDivide = 24 "/=",
        /// `^=`
        InplaceXor = 25 "^=",
    }
}

impl BinaryOperator {
    /// Whether it is an augmented assignment.
    pub const fn is_inplace(self) -> bool {
        self as u8 >= Self::InplaceAdd as u8
    }
}

operand! {
    /// The argument of [`Op::ConvertValue`](crate::Op::ConvertValue).
    Conversion {
        /// `!s`
        Str = 1 "str",
        /// `!r`
        Repr = 2 "repr",
        /// `!a`
        Ascii = 3 "ascii",
    }
}

operand! {
    /// The argument of [`Op::SetFunctionAttribute`](crate::Op::SetFunctionAttribute).
    FunctionAttribute {
        /// A tuple: `__defaults__`
        Defaults = 1 "defaults",
        /// A dict: `__kwdefaults__`
        KwDefaults = 2 "kwdefaults",
        /// A tuple of names and values in turn, or a dict: `__annotations__`
        Annotations = 4 "annotations",
        /// A tuple of cells: `__closure__`
        Closure = 8 "closure",
    }
}

impl CompareOperator {
    /// Whether an ordering is what the comparison asks for.
    #[must_use]
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        }
    }
}
