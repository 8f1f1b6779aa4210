//! Pages and documents as the suite of the 2026 protocol wants them.

use crate::served::Served;

#[test]
fn documents_are_served_for_get_and_head_alone_and_load_nothing_from_elsewhere() {
    let served = Served::start(None);
    for path in ["/docs", "/redoc"] {
        let page = served.ask("GET", path, &[], "");
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
        assert!(
            ["src=\"http", "href=\"http", "src=\"//", "href=\"//", "<script"]
                .iter()
                .all(|what| !page.text.contains(what))
        );
        assert!(page.text.contains("POST /submit") && page.text.contains("GET /v1/events"));
        assert_eq!(
            (served.ask("HEAD", path, &[], "").status, served.ask("HEAD", path, &[], "").text.as_str()),
            (200, "")
        );
        let refused = served.ask("POST", path, &[], "");
        assert_eq!((refused.status, refused.header("allow")), (405, Some("get, head")));
    }
    let page = served.ask("GET", "/dashboard", &[], "");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'")));
    let head = served.ask("HEAD", "/dashboard", &[], "");
    assert_eq!((head.status, head.header("allow")), (405, Some("get")));
    assert_eq!(served.ask("GET", "/docs/", &[], "").status, 307);
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let served = Served::start(None);
    let mut todo = vec!["/dashboard".to_owned(), "/operator".to_owned(), "/docs".to_owned()];
    let mut seen = Vec::new();
    while let Some(path) = todo.pop() {
        let page = served.ask("GET", &path, &[], "");
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        for quote in ['"', '\''] {
            let files = page
                .text
                .split(quote)
                .filter_map(|part| part.strip_prefix("/pages/").or_else(|| part.strip_prefix("./")));
            todo.extend(files.map(|name| format!("/pages/{name}")).filter(|path| !seen.contains(path)));
        }
        todo.extend(
            page.text
                .split("url(")
                .skip(1)
                .filter_map(|rest| rest.split(')').next())
                .map(|name| format!("/pages/{name}")),
        );
        todo.retain(|path| !seen.contains(path));
        seen.push(path);
    }
    for file in ["look.css", "site.css", "dashboard.js", "operator.js", "server.js", "curves.js", "roboto-400.woff2"] {
        assert!(seen.contains(&format!("/pages/{file}")), "{file}: {seen:?}");
    }
    assert_eq!(served.ask("GET", "/pages/none.js", &[], "").status, 404);
    assert_eq!(served.ask("GET", "/pages/..%2Fdashboard.html", &[], "").status, 404);
}

#[test]
fn the_document_tells_the_public_paths_and_no_internal_one() {
    let served = Served::start(None);
    let answer = served.ask("GET", "/openapi.json", &[], "");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(served.ask("HEAD", "/openapi.json", &[], "").status, 200);
    let paths = &answer.json()["paths"];
    for (path, method) in [
        ("/submit", "post"),
        ("/experiments", "get"),
        ("/experiment/{experiment_id}", "get"),
        ("/budget", "get"),
        ("/final_submission", "get"),
        ("/final_submission", "post"),
        ("/loss", "get"),
    ] {
        assert!(paths[path][method].is_object(), "{method} {path}");
    }
    assert!(!answer.text.contains("/internal/"));
    let statuses = paths["/submit"]["post"]["responses"].as_object().expect("answers").keys().map(String::as_str);
    assert_eq!(statuses.collect::<Vec<_>>(), ["200", "400", "401", "408", "409", "413", "422", "429", "503"]);
}
