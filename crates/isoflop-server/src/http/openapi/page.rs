//! The document as a page: offline, read without a script.

use serde_json::Value;

use super::super::pages::escape;

const METHODS: [&str; 2] = ["get", "post"];

/// The page of the document.
pub(super) fn page(document: &[u8]) -> String {
    let document: Value = serde_json::from_slice(document).expect("the document is JSON");
    let title = words(&document["info"]["title"]);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/pages/look.css\">\n<link rel=\"stylesheet\" href=\"/pages/site.css\">\n\
         <link rel=\"icon\" href=\"/pages/icon.svg\">\n</head>\n<body class=\"docs\">\n<header>\n<h1>{title}</h1>\n\
         <p class=\"subject\">Version {}. The same for programs: <a href=\"/openapi.json\">openapi.json</a>. \
         See and start runs: <a href=\"/dashboard\">dashboard</a>.</p>\n<p>{}</p>\n</header>\n<main>\n",
        words(&document["info"]["version"]),
        words(&document["info"]["description"])
    );
    let tags = document["tags"].as_array().map_or(&[][..], Vec::as_slice);
    out += "<nav aria-label=\"Operations\">\n";
    for tag in tags {
        out += &format!(
            "<h2>{}</h2>\n<p>{}</p>\n<ul class=\"operations\">\n",
            capital(&tag["name"]),
            words(&tag["description"])
        );
        for (path, method, operation) in operations(&document, &tag["name"]) {
            let (id, summary) = (words(&operation["operationId"]), words(&operation["summary"]));
            out += &format!(
                "<li><a href=\"#{id}\"><code>{} {}</code></a> {summary}</li>\n",
                method.to_uppercase(),
                escape(path)
            );
        }
        out += "</ul>\n";
    }
    out += "</nav>\n<h2 id=\"keys\">Keys</h2>\n<dl>\n";
    for (_, scheme) in members(&document["components"]["securitySchemes"]) {
        let place = if scheme["in"] == "query" { "in the address" } else { "in a header" };
        out += &format!(
            "<dt><code>{}</code></dt><dd>{} It stands {place}.</dd>\n",
            words(&scheme["name"]),
            words(&scheme["description"])
        );
    }
    out += "</dl>\n";
    for tag in tags {
        out += &format!("<h2>{}</h2>\n", capital(&tag["name"]));
        for (path, method, operation) in operations(&document, &tag["name"]) {
            write_operation(&mut out, &document, path, method, operation);
        }
    }
    out += "<h2 id=\"schemas\">Bodies</h2>\n";
    for (name, schema) in members(&document["components"]["schemas"]) {
        out += &format!("<section id=\"schema-{0}\" class=\"schema\">\n<h3>{0}</h3>\n", escape(name));
        write_schema(&mut out, schema);
        out += "</section>\n";
    }
    out += "</main>\n</body>\n</html>\n";
    out
}

fn operations<'a>(document: &'a Value, tag: &'a Value) -> Vec<(&'a str, &'static str, &'a Value)> {
    let all = members(&document["paths"]).flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| item.get(method).map(|operation| (path, *method, operation)))
    });
    all.filter(|(.., operation)| operation["tags"][0] == *tag).collect()
}

fn write_operation(out: &mut String, document: &Value, path: &str, method: &str, operation: &Value) {
    let id = words(&operation["operationId"]);
    *out += &format!(
        "<section id=\"{id}\" class=\"operation\">\n<h3><code>{} {}</code></h3>\n<p><strong>{}.</strong> {}</p>\n",
        method.to_uppercase(),
        escape(path),
        words(&operation["summary"]),
        words(&operation["description"])
    );
    let key = operation["security"][0].as_object().and_then(|names| names.keys().next());
    if let Some(name) = key {
        let header = words(&document["components"]["securitySchemes"][name]["name"]);
        *out += &format!("<p>Key: <a href=\"#keys\"><code>{header}</code></a></p>\n");
    }
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        open_table(out, "Parameters", ["Name", "Type", "What it is"]);
        for parameter in parameters {
            let needed = if parameter["required"] == true { "" } else { " (optional)" };
            row(
                out,
                &words(&parameter["name"]),
                &kind(&parameter["schema"]),
                &(words(&parameter["description"]) + needed),
            );
        }
        *out += "</tbody></table></div>\n";
    }
    if let Some(body) = operation.get("requestBody") {
        *out += &format!("<p>Body: {}</p>\n", content(&body["content"]));
    }
    open_table(out, "Answers", ["Status", "Body", "When"]);
    for (status, response) in members(&operation["responses"]) {
        row(out, &escape(status), &content(&response["content"]), &words(&response["description"]));
    }
    *out += "</tbody></table></div>\n</section>\n";
}

fn write_schema(out: &mut String, schema: &Value) {
    if schema.get("description").is_some() {
        *out += &format!("<p>{}</p>\n", words(&schema["description"]));
    }
    let forms =
        schema.get("oneOf").or_else(|| schema.get("allOf")).or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    if let Some(forms) = forms {
        *out += if schema.get("allOf").is_some() { "<p>All of:</p>\n" } else { "<p>One of:</p>\n" };
        for form in forms {
            if form.get("properties").is_some() {
                write_schema(out, form);
            } else {
                *out += &format!("<p>{} {}</p>\n", kind(form), words(&form["description"]));
            }
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> =
            values.iter().map(|value| format!("<code>{}</code>", escape(&value.to_string()))).collect();
        *out += &format!("<p>{}</p>\n", values.join(", "));
    }
    if schema.get("properties").is_none() {
        return;
    }
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    open_table(out, "Fields", ["Field", "Type", "What it is"]);
    for (name, property) in members(&schema["properties"]) {
        let mut about = words(&property["description"]);
        if let Some(default) = property.get("default") {
            about += &format!(" <span class=\"interval\">{} unless given.</span>", escape(&default.to_string()));
        } else if !required.iter().any(|needed| needed == name) {
            about += " <span class=\"interval\">May be absent.</span>";
        }
        row(out, &escape(name), &kind(property), &about);
    }
    *out += "</tbody></table></div>\n";
}

fn open_table(out: &mut String, caption: &str, heads: [&str; 3]) {
    *out += &format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table class=\"about\"><caption>{caption}</caption><thead><tr>"
    );
    for head in heads {
        *out += &format!("<th scope=\"col\">{head}</th>");
    }
    *out += "</tr></thead><tbody>\n";
}

fn row(out: &mut String, name: &str, kind: &str, about: &str) {
    *out += &format!("<tr><th scope=\"row\"><code>{name}</code></th><td>{kind}</td><td>{about}</td></tr>\n");
}

/// What a body holds, by its content type.
fn content(content: &Value) -> String {
    let told: Vec<String> = members(content)
        .map(|(media, body)| {
            if media == "application/json" { kind(&body["schema"]) } else { format!("<code>{}</code>", escape(media)) }
        })
        .collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

/// A type in a few words, with a link to where it is told.
fn kind(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = escape(target.rsplit('/').next().unwrap_or(target));
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        if let Some(forms) = schema[word].as_array() {
            return forms.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(name) => escape(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(escape).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// A text of the document; what stands in backquotes is code.
fn words(value: &Value) -> String {
    let escaped = escape(value.as_str().unwrap_or_default());
    let parts = escaped.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

fn capital(value: &Value) -> String {
    let text = words(value);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
