//! The classes of `_ast`: there for the library's source to derive from. Making a node is *unsupported*.

use crate::heap::{Owned, Ref};
use crate::object::missing::of_version;
use crate::types;
use crate::vm::Vm;

/// Each class with its base and its fields, a base before what derives from it.
const CLASSES: &str = "mod:AST: Module:mod:body,type_ignores Interactive:mod:body Expression:mod:body FunctionType:mod:argtypes,returns \
     stmt:AST: FunctionDef/-11:stmt:name,args,body,decorator_list,returns,type_comment \
     FunctionDef/12:stmt:name,args,body,decorator_list,returns,type_comment,type_params \
     AsyncFunctionDef/-11:stmt:name,args,body,decorator_list,returns,type_comment \
     AsyncFunctionDef/12:stmt:name,args,body,decorator_list,returns,type_comment,type_params \
     ClassDef/-11:stmt:name,bases,keywords,body,decorator_list \
     ClassDef/12:stmt:name,bases,keywords,body,decorator_list,type_params Return:stmt:value Delete:stmt:targets \
     Assign:stmt:targets,value,type_comment TypeAlias/12:stmt:name,type_params,value AugAssign:stmt:target,op,value \
     AnnAssign:stmt:target,annotation,value,simple For:stmt:target,iter,body,orelse,type_comment \
     AsyncFor:stmt:target,iter,body,orelse,type_comment While:stmt:test,body,orelse If:stmt:test,body,orelse \
     With:stmt:items,body,type_comment AsyncWith:stmt:items,body,type_comment Match:stmt:subject,cases Raise:stmt:exc,cause \
     Try:stmt:body,handlers,orelse,finalbody TryStar:stmt:body,handlers,orelse,finalbody Assert:stmt:test,msg \
     Import:stmt:names ImportFrom:stmt:module,names,level Global:stmt:names Nonlocal:stmt:names Expr:stmt:value Pass:stmt: \
     Break:stmt: Continue:stmt: expr:AST: BoolOp:expr:op,values NamedExpr:expr:target,value BinOp:expr:left,op,right \
     UnaryOp:expr:op,operand Lambda:expr:args,body IfExp:expr:test,body,orelse Dict:expr:keys,values Set:expr:elts \
     ListComp:expr:elt,generators SetComp:expr:elt,generators DictComp:expr:key,value,generators \
     GeneratorExp:expr:elt,generators Await:expr:value Yield:expr:value YieldFrom:expr:value \
     Compare:expr:left,ops,comparators Call:expr:func,args,keywords FormattedValue:expr:value,conversion,format_spec \
     JoinedStr:expr:values Constant:expr:value,kind Attribute:expr:value,attr,ctx Subscript:expr:value,slice,ctx \
     Starred:expr:value,ctx Name:expr:id,ctx List:expr:elts,ctx Tuple:expr:elts,ctx Slice:expr:lower,upper,step \
     expr_context:AST: Load:expr_context: Store:expr_context: Del:expr_context: boolop:AST: And:boolop: Or:boolop: \
     operator:AST: Add:operator: Sub:operator: Mult:operator: MatMult:operator: Div:operator: Mod:operator: Pow:operator: \
     LShift:operator: RShift:operator: BitOr:operator: BitXor:operator: BitAnd:operator: FloorDiv:operator: unaryop:AST: \
     Invert:unaryop: Not:unaryop: UAdd:unaryop: USub:unaryop: cmpop:AST: Eq:cmpop: NotEq:cmpop: Lt:cmpop: LtE:cmpop: \
     Gt:cmpop: GtE:cmpop: Is:cmpop: IsNot:cmpop: In:cmpop: NotIn:cmpop: comprehension:AST:target,iter,ifs,is_async \
     excepthandler:AST: ExceptHandler:excepthandler:type,name,body \
     arguments:AST:posonlyargs,args,vararg,kwonlyargs,kw_defaults,kwarg,defaults arg:AST:arg,annotation,type_comment \
     keyword:AST:arg,value alias:AST:name,asname withitem:AST:context_expr,optional_vars match_case:AST:pattern,guard,body \
     pattern:AST: MatchValue:pattern:value MatchSingleton:pattern:value MatchSequence:pattern:patterns \
     MatchMapping:pattern:keys,patterns,rest MatchClass:pattern:cls,patterns,kwd_attrs,kwd_patterns MatchStar:pattern:name \
     MatchAs:pattern:pattern,name MatchOr:pattern:patterns type_ignore:AST: TypeIgnore:type_ignore:lineno,tag \
     type_param/12:AST: TypeVar/-12:type_param:name,bound TypeVar/13:type_param:name,bound,default_value \
     ParamSpec/-12:type_param:name ParamSpec/13:type_param:name,default_value TypeVarTuple/-12:type_param:name \
     TypeVarTuple/13:type_param:name,default_value";

/// Makes the classes, anew for each run: the library changes some.
pub(in crate::modules) fn fill(vm: &mut Vm, dict: Ref) {
    let minor = vm.profile.version.minor;
    for entry in CLASSES.split_ascii_whitespace() {
        let mut parts = entry.split(':');
        let (Some(name), Some(base), Some(fields)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let Some(name) = of_version(name, minor) else { continue };
        let Some(base) = (if base == "AST" { Some(types::AST) } else { vm.dict_get_str(dict, base) }) else { continue };
        if let Some(class) = make(vm, name, base, fields) {
            vm.set_module_attribute(dict, name, class.borrow());
            vm.release(class);
        }
    }
}

/// `make_type` of `Python/Python-ast.c`
fn make(vm: &mut Vm, name: &str, base: Ref, fields: &str) -> Option<Owned> {
    let fields: Vec<Owned> = fields.split(',').filter(|field| !field.is_empty()).map(|field| vm.intern(field)).collect();
    let fields = vm.new_tuple(fields);
    let namespace = vm.new_dict();
    let module = vm.intern("ast");
    for (name, value) in [("_fields", fields.borrow()), ("__module__", module.borrow()), ("__match_args__", fields.borrow())] {
        vm.set_module_attribute(namespace.borrow(), name, value);
    }
    let (name, bases) = (vm.intern(name), vm.tuple_of(&[base]));
    let class = vm.call_pos(types::TYPE, &[name.borrow(), bases.borrow(), namespace.borrow()]);
    vm.release_all(vec![name, bases, namespace, module, fields]);
    class.ok()
}
