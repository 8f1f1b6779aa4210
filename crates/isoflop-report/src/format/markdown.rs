//! GitHub-flavoured Markdown, with the figures as linked files.

use std::fmt::Write;

use crate::document::{self, Block, Card, Span, Table};
use crate::figure::Figure;
use crate::format::Format;
use crate::report::{Report, ReportError};
use crate::words;

/// `report.md`.
pub(crate) struct Markdown;

impl Format for Markdown {
    fn path(&self) -> &'static str {
        "report.md"
    }

    fn write(&self, report: &Report<'_>) -> Result<String, ReportError> {
        let mut out = format!("# {}\n\n{}\n", escape(&document::title(report)), spans(&document::subject(report)));
        for section in document::sections(report) {
            if let Some(heading) = &section.heading {
                let _ = write!(out, "\n## {}\n", escape(heading));
            }
            for block in &section.blocks {
                out.push('\n');
                write_block(&mut out, block, report);
            }
        }
        Ok(out)
    }
}

fn write_block(out: &mut String, block: &Block, report: &Report<'_>) {
    match block {
        Block::Paragraph(text) => {
            let _ = writeln!(out, "{}", spans(text));
        }
        Block::Cards(cards) => cards.iter().for_each(|card| write_card(out, card)),
        Block::Figure(name) => report.figure(name).into_iter().for_each(|figure| write_figure(out, figure)),
        Block::Table(table) => write_table(out, table),
        Block::Warning { id, severity, message, advice } => {
            let (grade, message, advice) = (words::severity(*severity), escape(message), escape(advice));
            let _ = writeln!(out, "- **{grade} ({})**: {message}", escape(id));
            if !advice.is_empty() {
                let _ = writeln!(out, "  *What to do*: {advice}");
            }
        }
        Block::List(items) => {
            for item in items {
                let _ = writeln!(out, "- {}", spans(item));
            }
        }
        Block::Facts(facts) => {
            for (name, text) in facts {
                let _ = writeln!(out, "- **{name}**: {}", spans(text));
            }
        }
        Block::Command(command) => {
            let fence = "`".repeat(longest_run(command).max(2) + 1);
            let _ = writeln!(out, "{fence}sh\n{command}\n{fence}");
        }
    }
}

fn write_card(out: &mut String, card: &Card) {
    let mut parts = Vec::new();
    for (number, noun, interval) in &card.numbers {
        let interval = interval.as_ref().map_or_else(String::new, |interval| format!(" {}", escape(interval)));
        parts.push(format!("**{}** {noun}{interval}", escape(number)));
    }
    let _ = writeln!(out, "- {}: {} ({})", escape(&card.head), parts.join(", "), escape(&card.foot));
}

fn write_figure(out: &mut String, figure: &Figure) {
    let Figure { name, finding, caption, .. } = figure;
    let _ = writeln!(out, "![{}](figures/{name}.png)\n\n*{}*", escape(finding), escape(caption));
}

fn write_table(out: &mut String, table: &Table) {
    let _ = writeln!(out, "{}:\n", escape(&table.caption));
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    out.push_str(&row(table.columns.iter().map(|column| escape(&column.name)).collect()));
    let rule = |column: &document::Column| match column.align {
        document::Align::Left => "---".to_string(),
        document::Align::Right => "---:".to_string(),
    };
    out.push_str(&row(table.columns.iter().map(rule).collect()));
    for line in &table.rows {
        let cell = |cell: &String| if line.strong { format!("**{}**", escape(cell)) } else { escape(cell) };
        out.push_str(&row(line.cells.iter().map(cell).collect()));
    }
    if let Some(note) = table.note() {
        let _ = writeln!(out, "\n{}", escape(&note));
    }
}

fn spans(spans: &[Span]) -> String {
    let span = |span: &Span| match span {
        Span::Text(text) => escape(text),
        Span::Strong(text) => format!("**{}**", escape(text)),
        Span::Code(text) => code(text),
    };
    spans.iter().map(span).collect()
}

/// Text in which nothing means anything to Markdown, on one line.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '$' => out.extend(['\\', c]),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    // An ordered list or a rule would begin with these.
    match out.trim_start().chars().next() {
        Some('-' | '+' | '=') => format!("\\{}", out.trim_start()),
        _ => out,
    }
}

/// A code span, its fence longer than any run of backticks inside.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = longest_run(&text);
    let fence = "`".repeat(longest + 1);
    if longest > 0 || text.trim().is_empty() {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// Length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_file_means_anything() {
        assert_eq!(
            escape("a|b\n# *c* <script> `x` & [y](z)"),
            "a\\|b \\# \\*c\\* \\<script\\> \\`x\\` &amp; \\[y\\](z)"
        );
        assert_eq!(escape("- no list"), "\\- no list");
        assert_eq!(code("a``b"), "``` a``b ```");
        assert_eq!(code("plain\nname"), "`plain name`");
    }
}
