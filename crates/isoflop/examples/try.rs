use isoflop::parametric::*; use isoflop::law::*; use isoflop::robust::*; use isoflop::progress::Quiet; use isoflop::units::*;
fn main(){ let a:Vec<String>=std::env::args().collect(); let mut ro=isoflop::source::ReadOptions::default(); if a.len()>4 && !a[4].is_empty(){ro.condition=Some(a[4].clone());}
 let law=law(&a[2]).unwrap(); let r=robust_loss(&a[3]).unwrap(); let mut o=Options::new(law,r.as_ref()); o.at=vec![1e23,1e24]; o.choices=vec![(Params(70e9),Tokens(1.4e12))];
 for f in a.iter().skip(5){ let (n,v)=f.split_once('=').unwrap(); match n {"interval"=>o.interval=isoflop::uncertainty::interval(v).unwrap(),"search"=>o.search=isoflop::fit::search::search(v),"cluster"=>ro.columns.cluster=Some(v.into()),"residual"=>o.residual=*isoflop::fit::objective::Residual::ALL.iter().find(|x|x.name()==v).unwrap(),_=>o.fixed.push((law.coefficient(n).unwrap(),v.parse().unwrap()))}}
 let t=std::time::Instant::now();
 let rep=if let Some(x)=a[1].strip_prefix("curve:"){ o.at=vec![]; let c=isoflop::source::read_curve(x,None,&ro,&Quiet).unwrap(); fit_table(Table::Curve(&c),&o,&Quiet)} else {let runs=isoflop::source::read(&a[1],&ro,&Quiet).unwrap(); fit_table(Table::Runs(&runs),&o,&Quiet)}.unwrap();
 println!("{}",serde_json::to_string_pretty(&rep).unwrap()); eprintln!("{:?}",t.elapsed()); }
