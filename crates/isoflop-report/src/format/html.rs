//! One HTML file: offline, light and dark, read without a script.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::document::{self, Align, Block, Card, Section, Span, Table};
use crate::draw::svg::escape;
use crate::figure::Figure;
use crate::format::Format;
use crate::look;
use crate::report::{Report, ReportError};
use crate::words;

const SCRIPT: &str = include_str!("../../assets/page.js");

/// `index.html`.
pub(crate) struct Html;

impl Format for Html {
    fn path(&self) -> &'static str {
        "index.html"
    }

    fn write(&self, report: &Report<'_>) -> Result<String, ReportError> {
        let title = escape(&document::title(report));
        let mut out = String::with_capacity(200_000);
        let _ = write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"generator\" content=\"isoflop {}\">\n<title>{title}</title>\n<style>\n",
            escape(report.analysis.version)
        );
        write_style(&mut out);
        let subject = spans(&document::subject(report));
        let _ = write!(
            out,
            "</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<p class=\"subject\">{subject}</p>\n</header>\n<main>\n"
        );
        for section in document::sections(report) {
            write_section(&mut out, &section, report);
        }
        let _ = write!(out, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
        Ok(out)
    }
}

/// The faces, the colours of both themes, and the rules.
fn write_style(out: &mut String) {
    for (weight, face) in look::FACES {
        let data = STANDARD.encode(face);
        let _ = writeln!(
            out,
            "@font-face{{font-family:Roboto;font-weight:{weight};src:url(data:font/woff2;base64,{data}) format(\"woff2\")}}"
        );
    }
    out.push_str(&look::colours());
    out.push_str(look::STYLE);
}

fn write_section(out: &mut String, section: &Section, report: &Report<'_>) {
    let _ = writeln!(out, "<section id=\"{}\">", section.id);
    if let Some(heading) = &section.heading {
        let _ = writeln!(out, "<h2>{}</h2>", escape(heading));
    }
    for block in &section.blocks {
        write_block(out, block, report);
    }
    out.push_str("</section>\n");
}

fn write_block(out: &mut String, block: &Block, report: &Report<'_>) {
    match block {
        Block::Paragraph(text) => {
            let _ = writeln!(out, "<p>{}</p>", spans(text));
        }
        Block::Cards(cards) => {
            out.push_str("<div class=\"cards\">\n");
            for card in cards {
                write_card(out, card);
            }
            out.push_str("</div>\n");
        }
        Block::Figure(name) => report.figure(name).into_iter().for_each(|figure| write_figure(out, figure)),
        Block::Table(table) => write_table(out, table),
        Block::Warning { id, severity, message, advice } => {
            let grade = words::severity(*severity);
            let class = grade.split(' ').next().unwrap_or_default().to_lowercase();
            let _ = write!(
                out,
                "<article class=\"warning {class}\"><h3>{grade} <span class=\"check\">{}</span></h3><p>{}</p>",
                escape(id),
                escape(message)
            );
            if !advice.is_empty() {
                let _ = write!(out, "<p class=\"advice\">{}</p>", escape(advice));
            }
            out.push_str("</article>\n");
        }
        Block::List(items) => {
            out.push_str("<ul>\n");
            for item in items {
                let _ = writeln!(out, "<li>{}</li>", spans(item));
            }
            out.push_str("</ul>\n");
        }
        Block::Facts(facts) => {
            out.push_str("<dl>\n");
            for (name, text) in facts {
                let _ = writeln!(out, "<dt>{name}</dt><dd>{}</dd>", spans(text));
            }
            out.push_str("</dl>\n");
        }
        Block::Command(command) => {
            let _ = writeln!(out, "<pre tabindex=\"0\"><code>{}</code></pre>", escape(command));
        }
    }
}

fn write_card(out: &mut String, card: &Card) {
    let _ = write!(out, "<div class=\"card\"><p class=\"head\">{}</p><ul>", escape(&card.head));
    for (number, noun, interval) in &card.numbers {
        let _ = write!(out, "<li><strong>{}</strong> {noun}", escape(number));
        if let Some(interval) = interval {
            let _ = write!(out, " <span class=\"interval\">{}</span>", escape(interval));
        }
        out.push_str("</li>");
    }
    let _ = writeln!(out, "</ul><p class=\"foot\">{}</p></div>", escape(&card.foot));
}

fn write_figure(out: &mut String, figure: &Figure) {
    let _ = writeln!(
        out,
        "<figure>\n{}\n<figcaption>{} <span class=\"files\">Files: <a href=\"figures/{name}.svg\">SVG</a>, \
         <a href=\"figures/{name}.png\">PNG</a>.</span></figcaption>\n</figure>",
        figure.inline_svg(),
        escape(&figure.caption),
        name = figure.name
    );
}

fn write_table(out: &mut String, table: &Table) {
    let caption = escape(&table.caption);
    // The box scrolls, not the page; it takes focus so that the keyboard can scroll it.
    let _ = write!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table><caption>{caption}</caption><thead><tr>"
    );
    let class = |align: Align| if align == Align::Right { " class=\"n\"" } else { "" };
    for column in &table.columns {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(column.align), escape(&column.name));
    }
    out.push_str("</tr></thead><tbody>\n");
    for row in &table.rows {
        out.push_str(if row.strong { "<tr class=\"lead\">" } else { "<tr>" });
        for (i, (cell, column)) in row.cells.iter().zip(&table.columns).enumerate() {
            let (open, close) = if i == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
            let _ = write!(out, "<{open}{}>{}</{close}>", class(column.align), escape(cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    if let Some(note) = table.note() {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(&note));
    }
}

fn spans(spans: &[Span]) -> String {
    let span = |span: &Span| match span {
        Span::Text(text) => escape(text),
        Span::Strong(text) => format!("<strong>{}</strong>", escape(text)),
        Span::Code(text) => format!("<code>{}</code>", escape(text)),
    };
    spans.iter().map(span).collect()
}
