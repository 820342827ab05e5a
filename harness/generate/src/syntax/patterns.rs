//! Parses the patterns of `case`.

use super::parse::{Parsed, Parser};
use super::tokens::Token;
use super::{Expr, Pattern};

impl Parser {
    /// A pattern, or several with commas.
    pub(super) fn pattern(&mut self) -> Parsed<Pattern> {
        let first = self.starred_pattern()?;
        if !self.at_operator(",") && !matches!(first, Pattern::Star(_)) {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.take(",") {
            if self.at_operator(":") {
                break;
            }
            items.push(self.starred_pattern()?);
        }
        Ok(Pattern::Sequence(items))
    }

    fn starred_pattern(&mut self) -> Parsed<Pattern> {
        if self.take("*") { self.name().map(Pattern::Star) } else { self.as_pattern() }
    }

    fn as_pattern(&mut self) -> Parsed<Pattern> {
        let mut all = vec![self.closed()?];
        while self.take("|") {
            all.push(self.closed()?);
        }
        let pattern = if all.len() == 1 { all.remove(0) } else { Pattern::Or(all) };
        Ok(if self.take_word("as") { Pattern::As(Box::new(pattern), self.name()?) } else { pattern })
    }

    fn sequence(&mut self, end: &str) -> Parsed<(Vec<Pattern>, bool)> {
        let (mut items, mut comma) = (Vec::new(), false);
        while !self.take(end) {
            items.push(self.starred_pattern()?);
            if !self.at_operator(end) {
                self.expect(",")?;
                comma = true;
            }
        }
        Ok((items, comma))
    }

    fn closed(&mut self) -> Parsed<Pattern> {
        if self.take("[") {
            return Ok(Pattern::Sequence(self.sequence("]")?.0));
        }
        if self.take("(") {
            let (mut items, comma) = self.sequence(")")?;
            let group = items.len() == 1 && !comma && !matches!(items[0], Pattern::Star(_));
            return Ok(if group { items.remove(0) } else { Pattern::Sequence(items) });
        }
        if self.take("{") {
            return self.mapping();
        }
        if let Token::Name(word) = self.token()
            && !matches!(word.as_str(), "None" | "True" | "False")
        {
            return self.named_pattern();
        }
        self.binary(0).map(Pattern::Value)
    }

    fn mapping(&mut self) -> Parsed<Pattern> {
        let (mut entries, mut rest) = (Vec::new(), None);
        while !self.take("}") {
            if self.take("**") {
                rest = Some(self.name()?);
            } else {
                let key = self.binary(0)?;
                self.expect(":")?;
                entries.push((key, self.as_pattern()?));
            }
            if !self.at_operator("}") {
                self.expect(",")?;
            }
        }
        Ok(Pattern::Mapping(entries, rest))
    }

    fn named_pattern(&mut self) -> Parsed<Pattern> {
        let name = self.name()?;
        let mut value = Expr::Name(name.clone());
        let mut dotted = false;
        while self.take(".") {
            dotted = true;
            value = Expr::Attribute(Box::new(value), self.name()?);
        }
        if !self.take("(") {
            return Ok(match &*name {
                _ if dotted => Pattern::Value(value),
                "_" => Pattern::Wildcard,
                _ => Pattern::Capture(name),
            });
        }
        let (mut positional, mut keyword) = (Vec::new(), Vec::new());
        while !self.take(")") {
            if matches!(self.token(), Token::Name(_)) && self.next_is("=") {
                let name = self.name()?;
                self.advance();
                keyword.push((name, self.as_pattern()?));
            } else {
                positional.push(self.as_pattern()?);
            }
            if !self.at_operator(")") {
                self.expect(",")?;
            }
        }
        Ok(Pattern::Class(value, positional, keyword))
    }
}
