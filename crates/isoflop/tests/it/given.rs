//! Laws that a person writes.

use isoflop::law::{Coefficient, Given, Law, LawError, Predicted, RowSlopes, Scale, given, law};
use isoflop::robust::Bend;
use isoflop::rows::{At, Input, Row, Rows};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

const CHINCHILLA: &str = "E + A/N^alpha + B/D^beta; \
    E = 0.3..3, A = 1e1..1e4 log, B = 1e1..1e5 log, alpha = 0.1..0.8, beta = 0.1..0.8";

fn read(text: &str) -> Given {
    given(text).unwrap_or_else(|error| panic!("{error}\n{}", error.block()))
}

fn refused(text: &str) -> LawError {
    given(text).map(|law| law.equation().to_string()).expect_err(text)
}

/// The formula's value at N = 2, D = 3 and U = 5, with a = 0.5 and b = 0.25 if it has them.
fn value(formula: &str) -> f64 {
    let declared: Vec<&str> = ["a", "b"]
        .into_iter()
        .filter(|name| formula.split(|c: char| !c.is_alphanumeric()).any(|word| word == *name))
        .collect();
    let ranges: Vec<String> = declared.iter().map(|name| format!("; {name} = -1..1")).collect();
    let law = read(&format!("exp({formula} + 0*N + 0*zero){}; zero = -1..1", ranges.concat()));
    let theta: Vec<f64> = declared.iter().map(|name| if *name == "a" { 0.5 } else { 0.25 }).chain([0.0]).collect();
    law.ln_loss(&theta, At { ln: [2f64.ln(), 3f64.ln(), 5f64.ln(), 0.0] })
}

#[test]
fn operators_bind_as_in_mathematics() {
    let cases = [
        ("1 + 2*3", 7.0),
        ("(1 + 2)*3", 9.0),
        ("10 - 2 - 3", 5.0),
        ("12/2/3", 2.0),
        ("12/2*3", 18.0),
        ("2^3^2", 512.0),
        ("-N^2", -4.0),
        ("(-N)^2", 4.0),
        ("(-N)^3", -8.0),
        ("(-N)^-1", -0.5),
        ("N^-a", 0.5f64.sqrt()),
        ("N^-a*D", 3.0 * 0.5f64.sqrt()),
        ("N^-D^2", 2f64.powi(-9)),
        ("--N", 2.0),
        ("2*-N", -4.0),
        ("-N*D", -6.0),
        ("1 - -N", 3.0),
        ("a - b/N", 0.375),
        ("a*N^b", 0.5 * 2f64.powf(0.25)),
        ("1/N^a", 0.5f64.sqrt()),
        ("N**2·D × 2 − 1", 23.0),
        ("1e1 + .5 + 2.25E-1", 10.725),
        ("exp(ln(N) + ln(D))", 6.0),
        ("log10(100*N) - log10(N)", 2.0),
        ("sqrt(N*N + a*10)", 3.0),
        ("sqrt(U*U)", 5.0),
        ("min(N, D, U) + max(N, D, U)", 7.0),
        ("min(a, b) - max(a, b)", -0.25),
        ("tanh(a)", 0.5f64.tanh()),
        ("(a + b)^2", 0.5625),
        ("(a - b - 1)^3", -0.421875),
        ("(a + b)^0", 1.0),
        ("(N - a)^b", 1.5f64.powf(0.25)),
    ];
    for (formula, expected) in cases {
        let found = value(formula);
        assert!((found - expected).abs() < 1e-14 * expected.abs().max(1.0), "{formula}: {found}, not {expected}");
    }
}

fn rows(count: usize) -> Rows {
    let row = |i: usize| {
        let (n, d) = (18.0 + 0.07 * (i % 40) as f64, 21.0 + 0.11 * (i % 33) as f64);
        let at = At { ln: [n, d, d - 0.02 * (i % 7) as f64, 0.0] };
        Row { at, ln_loss: 1.0 + 0.01 * (i % 5) as f64, weight: 1.0 }
    };
    Rows::new(&(0..count).map(row).collect::<Vec<_>>())
}

fn searched(law: &dyn Law, values: &[f64]) -> Vec<f64> {
    law.coefficients().iter().zip(values).map(|(coefficient, value)| coefficient.searched(*value)).collect()
}

/// Slopes that pull all rows one way.
fn slopes(blocks: usize) -> [Vec<[f64; 16]>; 2] {
    let column =
        |from: usize| (0..blocks).map(move |b| std::array::from_fn(|i| 0.5 + ((b * 16 + i + from) % 9) as f64 / 9.0));
    [column(0).collect(), column(4).collect()]
}

#[test]
fn a_law_that_is_also_built_in_is_the_same_law() {
    let (own, built_in) = (read(CHINCHILLA), law("chinchilla").unwrap());
    let rows = rows(245);
    let theta = searched(&own, &[1.8172, 482.01, 2085.43, 0.3478, 0.3658]);
    assert_eq!(theta, searched(built_in, &[1.8172, 482.01, 2085.43, 0.3478, 0.3658]));
    assert_eq!((own.terms(), own.inputs()), (built_in.terms(), built_in.inputs()));

    let (mut mine, mut theirs) = (Predicted::default(), Predicted::default());
    own.predict(&theta, &rows, &mut mine);
    built_in.predict(&theta, &rows, &mut theirs);
    assert_eq!(mine.ln_loss, theirs.ln_loss);
    own.prepare(&theta, &rows, &mut mine);
    built_in.prepare(&theta, &rows, &mut theirs);
    assert_eq!(mine.ln_loss, theirs.ln_loss);
    for i in [0, 100, 244] {
        assert_eq!(own.ln_loss(&theta, rows.row(i).at), mine.ln_loss.as_flattened()[i]);
    }
    let [pull, bend] = slopes(rows.blocks());
    let slopes = RowSlopes { pull: &pull, bend: &bend, which: Bend::Majorant, wanted: &[true; 12] };
    let (mine, theirs) = (own.normal(&rows, &mine, slopes), built_in.normal(&rows, &theirs, slopes));
    for a in 0..5 {
        let near = |x: f64, y: f64| (x - y).abs() <= 1e-15 * y.abs() * 4.0;
        assert!(near(mine.gradient[a], theirs.gradient[a]), "{a}: {} {}", mine.gradient[a], theirs.gradient[a]);
        assert!((0..5).all(|b| near(mine.hessian[a][b], theirs.hessian[a][b])), "{a}");
    }
    assert_eq!(own.optimum(&theta, 50.0), built_in.optimum(&theta, 50.0));
}

#[test]
fn derivatives_are_those_of_central_differences() {
    let laws: [(&str, &[f64]); 7] = [
        (CHINCHILLA, &[1.8, 480.0, 2000.0, 0.35, 0.37]),
        (
            "E + (A/N^a + B/D^b)^c; E=1..2; A=1..1e4; B=1..1e4; a=0..1; b=0..1; c=0..2",
            &[1.7, 400.0, 1e3, 0.3, 0.3, 0.9],
        ),
        (
            "E + A*N^-a + B*(U*(1 - exp(-D/(r*U))))^-b; E=1..2; A=1..1e4; B=1..1e4; a=0..1; b=0..1; r=0.5..20",
            &[1.7, 400.0, 1e3, 0.3, 0.3, 3.0],
        ),
        (
            "max(E, A/N^a) + sqrt(1 + k^2) - tanh(m/100); E=1..2; A=1..1e4; a=0..1; k=-2..2; m=-9..9",
            &[1.7, 4e3, 0.2, 1.3, 2.0],
        ),
        ("E*exp(min(k*ln(N), 9)/100) - t/(s - 3)^3; E=1..2; k=-1..1; t=-1..1; s=-1..1", &[2.0, 0.3, 0.5, 0.25]),
        ("exp(e + k*log10(x)^2); e=-1..1; k=-1..1", &[0.5, 0.1]),
        (
            "a + b + c + d + e + f + g + h + i + j + k + l/N^0.1; a=0..1;b=0..1;c=0..1;d=0..1;e=0..1;f=0..1;g=0..1;h=0..1;i=0..1;j=0..1;k=0..1;l=0..1",
            &[0.2; 12],
        ),
    ];
    for (text, values) in laws {
        let law = read(text);
        let theta = searched(&law, values);
        let rows = rows(37);
        let mut prepared = Predicted::default();
        law.prepare(&theta, &rows, &mut prepared);
        let moved = |k: usize, by: f64, i: usize| {
            let mut theta = theta.clone();
            theta[k] += by;
            law.ln_loss(&theta, rows.row(i).at)
        };
        for i in [0, 17, 36] {
            // The gradient of ln L̂ in this row alone.
            let mut pull = vec![[0.0; 16]; rows.blocks()];
            pull.as_flattened_mut()[i] = 1.0;
            let normal = law.normal(
                &rows,
                &prepared,
                RowSlopes { pull: &pull, bend: &pull, which: Bend::Exact, wanted: &[true; 12] },
            );
            assert_eq!(prepared.ln_loss.as_flattened()[i], law.ln_loss(&theta, rows.row(i).at), "{text}");
            for k in 0..values.len() {
                let slope = (moved(k, 1e-6, i) - moved(k, -1e-6, i)) / 2e-6;
                assert!((normal.gradient[k] - slope).abs() < 1e-8, "{text}, ∂{k}: {} {slope}", normal.gradient[k]);
            }
        }
    }
}

#[test]
fn where_a_formula_has_no_logarithm_it_is_nan() {
    let law = read("E - A/N^a; E = 1..2; A = 1..1e4; a = 0.1..0.8");
    let theta = searched(&law, &[1.0, 1e4, 0.1]);
    assert!(law.ln_loss(&theta, At::allocation(1.0, 1.0)).is_nan());
    let mut predicted = Predicted::default();
    law.predict(&theta, &rows(20), &mut predicted);
    assert!(predicted.ln_loss.as_flattened().iter().all(|ln_loss| ln_loss.is_nan()));
}

#[test]
fn a_law_knows_what_it_needs_of_a_run() {
    let inputs = |formula: &str| read(&format!("a*{formula}; a = 0..1")).inputs().to_vec();
    assert_eq!(inputs("N"), [Input::Params]);
    assert_eq!(inputs("D/N"), [Input::Params, Input::Tokens]);
    assert_eq!(inputs("min(U, D)"), [Input::Tokens, Input::UniqueTokens]);
    assert_eq!(inputs("x^-0.5"), [Input::Axis]);
}

#[test]
fn a_sum_of_powers_is_known_for_one() {
    let terms =
        |formula: &str| read(&format!("{formula}; E=1..3; A=1..9; B=1..9; a=0..1; b=0..1; k=-1..1")).terms().len();
    assert_eq!(terms("E + A/N^a + B/D^b + 0*k").min(1), 0);
    let terms = |text: &str| read(text).terms().len();
    assert_eq!(terms("E + A*N^-a + D^-b*B; E=1..3; A=1..9; B=1..9; a=0..1; b=0..1"), 3);
    assert_eq!(terms("A/x^a; A=1..9; a=0..1"), 1);
    assert_eq!(terms("E + A/N^a; E=1..3 linear; A=1..9; a=0..1"), 0);
    assert_eq!(terms("E + A/N^a; E=1..3; A=1..9; a=0.1..1 log"), 0);
    assert_eq!(terms("E + A*N^a; E=1..3; A=1..9; a=0..1"), 0);
    assert_eq!(terms("E + E/N^a; E=1..3; a=0..1"), 0);
    assert_eq!(terms("E - A/N^a; E=1..3; A=1..9; a=0..1"), 0);
    assert_eq!(terms("1.69 + A/N^a; A=1..9; a=0..1"), 0);
}

#[test]
fn ranges_say_how_a_coefficient_is_searched() {
    let coefficient = |declared: &str| read(&format!("k*N; k = {declared}")).coefficients()[0].clone();
    let exponent = |declared: &str| read(&format!("N^-(2*k); k = {declared}")).coefficients()[0].clone();
    let seen = |c: Coefficient| (c.scale, c.shown(c.starts.0), c.shown(c.starts.1));
    assert_eq!(seen(coefficient("-1..2")), (Scale::Linear, -1.0, 2.0));
    assert_eq!(seen(coefficient("1..16")), (Scale::Log, 1.0, f64::exp(16f64.ln())));
    assert_eq!(seen(coefficient("1..16 linear")), (Scale::Linear, 1.0, 16.0));
    assert_eq!(seen(exponent("1..16")), (Scale::Linear, 1.0, 16.0));
    assert_eq!(seen(exponent("1..16 log")), (Scale::Log, 1.0, f64::exp(16f64.ln())));
    assert_eq!(seen(coefficient("0..2")), (Scale::Linear, 0.0, 2.0));
    assert_eq!(coefficient("−2 .. -1").starts, (-2.0, -1.0));
    // Beyond the range, but not across 0.
    assert_eq!(exponent("0.5..1").bounds, (0.0, 6.0));
    assert_eq!(coefficient("-1..1").bounds, (-21.0, 21.0));
    assert_eq!(coefficient("-1..-0.5").bounds, (-6.0, 0.0));
    assert_eq!(coefficient("1..2").bounds, (-60.0, 200.0));
    assert_eq!(coefficient("0..1 within 0..2").bounds, (0.0, 2.0));
    assert_eq!(coefficient("1..2 within 1..4 log").bounds, (0.0, 4f64.ln()));
    assert_eq!(coefficient("1..2 within 0..4").scale, Scale::Linear);
}

#[test]
fn a_file_holds_the_same_law_over_several_lines() {
    let law = read(
        "# Mine\nL(N, D) = E      # the floor\n  + A/N^alpha\n  + B/D^beta\n\nE = 0.3..3 # nats\r\n\
         A = 1e1..1e4 log; B = 1e1..1e5 log,\nalpha = 0.1..0.8\nbeta = 0.1..0.8;\n",
    );
    assert_eq!((law.name(), law.equation()), ("given", "L = E + A/N^alpha + B/D^beta"));
    assert_eq!(law.coefficients(), read(CHINCHILLA).coefficients());
    assert_eq!(read("L=a/N;a=0..1").equation(), "L = a/N");
    assert_eq!(read("α₀·N^−β; α₀ = 1..9, β = 0..1").coefficients()[0].name, "α₀");
}

#[test]
fn the_examples_of_the_documentation_are_laws() {
    let text = include_str!("../../../../docs/laws.md");
    let examples: Vec<&str> = text.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let inputs = examples.iter().map(|example| {
        let law = example.trim_start_matches("--law ").trim().trim_matches('\'');
        read(law).inputs().len()
    });
    assert_eq!(inputs.collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn mistakes_are_pointed_at() {
    let many = (0..13).fold(String::new(), |text, k| text + &format!("; a{k} = 0..1"));
    let cases = [
        ("", 1, "the law is empty", "write it as 'E + A/N^alpha; "),
        (" # nothing", 11, "the law is empty", "write it as"),
        ("A*N", 1, "\"A\" is no input, and no coefficient has a range", "searches start in: 'A*N; A = 1..100'"),
        ("a*N^-k; a = 0..1", 6, "\"k\" is no input and has no range; there are N, D, U, x, a", "; k = 0.1..0.8'"),
        ("a*N^-alpa; a = 0..1; alpha = 0..1", 6, "\"alpa\" is no input and has no range", "did you mean alpha"),
        ("a*n; a = 0..1", 3, "\"n\" is no input and has no range", "did you mean N"),
        ("a/C; a = 0..1", 3, "\"C\" is no input", "compute is x in a law along one axis, and 6*N*D in one of N and D"),
        ("L*a; a = 0..1", 1, "L is what the formula gives", ""),
        (
            "a*N; a = 0..1; b = 0..1",
            16,
            "the coefficient \"b\" is not in the formula",
            "use it in the formula, or leave it out",
        ),
        ("a*N; a", 6, "the coefficient \"a\" has no range", "searches start between two numbers: a = 0.1..0.8"),
        ("a*N; a =; ", 6, "the coefficient \"a\" has no range", ""),
        ("a*N; a = 3", 10, "\"a\" has one number where a range is needed", "a number that is known"),
        ("a*N; a = 3..1", 10, "the range of \"a\" is upside down", "write 1..3"),
        ("a*N; a = 1..1", 10, "the range of \"a\" is one number", ""),
        ("a*N; a = 0..b", 13, "\"b\" stands where a number is needed", ""),
        ("a*N; a = 0..1e999", 13, "\"1e999\" is too large a number", ""),
        ("a*N; a = -1e308..1e308", 6, "the range of \"a\" is too wide to be searched", ""),
        (
            "a*N; a = 0..1 log",
            15,
            "\"a\" cannot be searched as its logarithm: its range reaches 0",
            "leave \"log\" out",
        ),
        ("a*N; a = 1..2 log within 0..9", 15, "\"a\" cannot be searched as its logarithm: its range reaches 0", ""),
        ("a*N; a = 1..2 within 0..1.5", 22, "the bounds of \"a\" leave out a part of its range", "widen them to 0..2"),
        ("a*N; a = 1..2 lin", 15, "\"lin\" stands where \",\" or \";\" is needed", "log or linear"),
        ("a*N; a = 0..1 b = 0..1", 15, "\"b\" stands where \",\" or \";\" is needed", ""),
        ("a*N; a = 0..1; a = 1..2", 16, "the coefficient \"a\" has a range already", ""),
        ("a*N; N = 0..1", 6, "\"N\" stands for parameters and cannot be a coefficient", "another name"),
        ("a*N; exp = 0..1", 6, "\"exp\" is a function and cannot be a coefficient", ""),
        ("a*N; a 0..1", 8, "\"0\" stands where \"=\" is needed", ""),
        ("a*N; 3 = 0..1", 6, "\"3\" stands where the name of a coefficient is needed", ""),
        ("a; a = 0..1", 1, "the formula has no input", "use N, D or U"),
        ("3/N", 1, "the law has no coefficient to be fitted", "name one"),
        ("a*x*N; a = 0..1", 3, "x is the only input of a law along one axis", ""),
        ("a*(N; a = 0..1", 5, "\";\" stands where \")\" is needed", ""),
        ("a*(N", 5, "the law ends where \")\" is needed", ""),
        ("a*N); a = 0..1", 4, "\")\" stands where an operator or \";\" is needed", ""),
        ("a*; a = 0..1", 3, "\";\" stands where a value is needed", ""),
        ("a*+N", 3, "\"+\" stands where a value is needed", ""),
        ("a*()", 4, "\")\" stands where a value is needed", ""),
        ("a N; a = 0..1", 3, "\"N\" stands where an operator or \";\" is needed", ""),
        ("2N*a; a = 0..1", 1, "\"2N\" is not a number", "to multiply, write 2*N"),
        ("1.2.3*a; a = 0..1", 4, "\".\" stands where an operator or \";\" is needed", ""),
        (
            "a*log(N); a = 0..1",
            3,
            "\"log\" is no function; there are exp, ln, log10, sqrt, tanh, min, max",
            "write ln for",
        ),
        ("a*srqt(N); a = 0..1", 3, "\"srqt\" is no function", "did you mean sqrt"),
        ("a(N); a = 0..1", 1, "\"a\" is no function", "to multiply, write a*(…)"),
        ("a*exp; a = 0..1", 3, "\"exp\" is a function; what it is of must stand in parentheses", "write exp(…)"),
        ("a*exp(N, D); a = 0..1", 10, "exp is of one value", ""),
        ("a*min(N); a = 0..1", 3, "min is of two values or more", "write min(a, b)"),
        ("a*(N, D); a = 0..1", 7, "a second value stands in these parentheses", ""),
        ("a*N ≥ 3; a = 0..1", 5, "\"≥\" stands where an operator or \";\" is needed", ""),
        (
            &format!("a0*N{many}"),
            141,
            "\"a12\" is one coefficient too many: a law may have 12",
            "as a number in the formula",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, place, sentence, hint) in cases {
        let error = refused(text);
        let stands = error.to_string().starts_with(&format!("--law:{place}: {sentence}"));
        if !stands || !error.hint.as_deref().unwrap_or_default().contains(hint) {
            wrong.push(format!("{text}\n{error}\n{}", error.block()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_line_at_fault_is_shown() {
    let error = refused("E + A/N^alpa; E = 1..3, A = 10..1e4, alpha = 0.1..0.8");
    assert_eq!(
        format!("{error}\n{}", error.block()),
        "--law:9: \"alpa\" is no input and has no range; there are N, D, U, x, E, A, alpha\n  \
         law │ E + A/N^alpa; E = 1..3, A = 10..1e4, alpha = 0.1..0.8\n      \
         │         ^^^^\nhint: did you mean alpha\n"
    );
    let error = refused("# Mine\na/N\na = 2..1 # größer\n").within("my.law");
    assert_eq!(
        format!("{error}\n{}", error.block()),
        "my.law:3:5: the range of \"a\" is upside down\n    3 │ a = 2..1 # größer\n      │     ^^^^\nhint: write 1..2\n"
    );
}

#[test]
fn no_text_is_too_strange() {
    let words = "N D x L a alpha ( ) + - − * ** ^ / ; , = .. . 1 1e 2.5 # log within exp( min( é 𝛼 1e308 ; a = 0..1";
    let parts: Vec<&str> = words.split(' ').chain([" ", "\n", "\r\n", "\t", "\0", "; alpha = 1..2"]).collect();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut draw = |below: usize| (random.next_u64() % below as u64) as usize;
    let mut laws = 0;
    let whole: Vec<&str> = "a * N ^ - alpha + D ; a = 0 .. 1 , alpha = 1 .. 2".split(' ').collect();
    for round in 0..50_000 {
        // Pure noise, or a law with some of its words replaced.
        let text: String = if round % 2 == 0 {
            (0..=draw(14)).map(|_| parts[draw(parts.len())]).collect()
        } else {
            whole.iter().map(|word| if draw(8) == 0 { parts[draw(parts.len())] } else { word }).collect()
        };
        match given(&text) {
            Ok(law) => {
                laws += 1;
                let theta: Vec<f64> = law.coefficients().iter().map(|c| 0.5 * (c.starts.0 + c.starts.1)).collect();
                let mut prepared = Predicted::default();
                law.prepare(&theta, &rows(3), &mut prepared);
            }
            Err(error) => assert!(!error.message.is_empty() && error.block().lines().count() >= 2, "{text:?}"),
        }
    }
    assert!(laws > 100, "only {laws} of the texts were laws");
}

#[test]
fn depth_is_bounded() {
    for deep in ["(", "-", "a^", "1+(", "exp(", "exp(1,", "2^-("] {
        let error = refused(&deep.repeat(100_000));
        assert_eq!(error.message, "the formula has more than 200 parts", "{deep}");
    }
    let nested = format!("{}a*N{}; a = 0..1", "(".repeat(190), ")".repeat(190));
    assert_eq!(read(&nested).inputs(), [Input::Params]);
    let long = |parts: usize| format!("{}; a = 0..1", vec!["a*N"; parts].join(" + "));
    assert_eq!(read(&long(100)).coefficients().len(), 1);
    assert!(refused(&long(101)).message.contains("more than 200 parts"));
}
