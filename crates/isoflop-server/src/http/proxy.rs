//! What a proxy in front of the server says of the request that it hands on.
//!
//! Anybody can write these headers, so they count only where the operator said that a proxy stands before the server.
//! Each proxy adds to the end of `X-Forwarded-For`: its last address is the one that ours has seen.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// Whom the proxy asks for.
pub(super) fn client(headers: &HeaderMap) -> Option<IpAddr> {
    let said = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last = said.rsplit(',').next()?.trim();
    last.parse().ok().map(|address: IpAddr| address.to_canonical())
}

/// Whether the client came by TLS, which ends at the proxy.
pub(super) fn is_secure(headers: &HeaderMap) -> bool {
    let said = headers.get("x-forwarded-proto").and_then(|said| said.to_str().ok()).unwrap_or_default();
    said.split(',').next().is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_our_proxy_saw_counts() {
        let table = [
            (&["203.0.113.9"][..], Some("203.0.113.9")),
            (&["10.0.0.1, 203.0.113.9"], Some("203.0.113.9")),
            (&["10.0.0.1", "2001:db8::1"], Some("2001:db8::1")),
            (&["::ffff:203.0.113.9"], Some("203.0.113.9")),
            (&["unknown"], None),
            (&[], None),
        ];
        for (lines, expected) in table {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            assert_eq!(client(&headers), expected.map(|address| address.parse().unwrap()), "{lines:?}");
        }
    }

    #[test]
    fn a_scheme_is_read_as_it_is_written() {
        for (said, expected) in [("https", true), ("HTTPS, http", true), ("http", false), ("", false)] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-proto", said.parse().unwrap());
            assert_eq!(is_secure(&headers), expected, "{said}");
        }
    }
}
