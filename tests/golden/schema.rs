//! The part of JSON Schema (draft 2020-12) that `docs/*.schema.json` use.
//!
//! A whole validator costs some fifty crates. This one knows no more than the schema needs and
//! refuses keywords that it does not know. It is stricter in one thing: a field that the schema
//! does not describe is a fault, so that the schema cannot fall behind the documents.

use regex::Regex;
use serde_json::Value;

/// Says what is wrong with `document`, if anything is.
pub fn check(schema: &Value, document: &Value) -> Result<(), String> {
    Checker { root: schema }.check(schema, document, "$")
}

struct Checker<'a> {
    root: &'a Value,
}

impl Checker<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let fail = |why: String| Err(format!("{at}: {why}"));
        for (keyword, rule) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "$schema" | "$id" | "$defs" | "title" | "description" | "$comment" | "format" => {}
                "$ref" => {
                    let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    self.check(self.root.pointer(pointer).unwrap(), value, at)?;
                }
                "type" if !has_type(value, rule.as_str().unwrap()) => {
                    return fail(format!("{value} is no {rule}"));
                }
                "const" if value != rule => return fail(format!("{value} is not {rule}")),
                "enum" if !rule.as_array().unwrap().contains(value) => {
                    return fail(format!("{value} is none of {rule}"));
                }
                "minimum" if value.as_u64().unwrap_or(0) < rule.as_u64().unwrap() => {
                    return fail(format!("{value} is less than {rule}"));
                }
                "minItems" if value.as_array().unwrap().len() < rule.as_u64().unwrap() as usize => {
                    return fail(format!("fewer than {rule} items"));
                }
                "pattern" if !matches_pattern(rule, value) => {
                    return fail(format!("{value} does not match {rule}"));
                }
                "type" | "const" | "enum" | "minimum" | "minItems" | "pattern" => {}
                "required" => {
                    for name in rule.as_array().unwrap() {
                        if value.get(name.as_str().unwrap()).is_none() {
                            return fail(format!("{name} is missing"));
                        }
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().unwrap().iter().enumerate() {
                        self.check(rule, item, &format!("{at}[{index}]"))?;
                    }
                }
                "properties" => {
                    for (name, field) in value.as_object().unwrap() {
                        match rule.get(name) {
                            Some(rule) => self.check(rule, field, &format!("{at}.{name}"))?,
                            None => return fail(format!("`{name}` is not described")),
                        }
                    }
                }
                other => panic!("this check does not know `{other}`"),
            }
        }
        Ok(())
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("this check does not know the type `{other}`"),
    }
}

fn matches_pattern(rule: &Value, value: &Value) -> bool {
    let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
    value.as_str().is_some_and(|text| pattern.is_match(text))
}
