//! scratch
use isoflop::fit::newton::*; use isoflop::fit::objective::*; use isoflop::law::*; use isoflop::robust::*; use isoflop::rows::*;
use std::time::Instant;
fn rows()->Vec<Row>{
    let table=isoflop::source::read(concat!(env!("CARGO_MANIFEST_DIR"),"/../../testdata/chinchilla-fig4-epoch/svg_extracted_data.csv"),&Default::default(),&isoflop::progress::Quiet).unwrap();
    let mut l:Vec<f64>=table.runs().iter().map(|r|r.loss.0).collect(); l.sort_by(f64::total_cmp); let cut=l[l.len()-5];
    table.runs().iter().filter(|r|r.loss.0<cut).map(|r|Row{at:At::allocation(r.params.0.ln(),(r.compute.0/6.0/r.params.0).ln()),ln_loss:r.loss.0.ln(),weight:1.0}).collect()
}
fn main(){
    let raw=rows(); let m=[raw.iter().map(|r|r.at.ln[0]).sum::<f64>()/raw.len() as f64,raw.iter().map(|r|r.at.ln[1]).sum::<f64>()/raw.len() as f64]; let raw:Vec<Row>=raw.iter().map(|r|Row{at:At::allocation(r.at.ln[0]-m[0],r.at.ln[1]-m[1]),..*r}).collect(); let rows=Rows::new(&raw); println!("{} rows {} blocks",rows.len(),rows.blocks());
    let law=law("chinchilla").unwrap(); let huber=Huber{delta:1e-3};
    let objective=Objective{law,rows:&rows,robust:&huber,residual:Residual::Log,priors:&[]};
    let mut room=Room::default();
    let cen=|t:[f64;5]|[t[0],t[1]-t[3]*m[0],t[2]-t[4]*m[1],t[3],t[4]]; let best=cen([1.8172f64.ln(),482.01f64.ln(),2085.43f64.ln(),0.3478,0.3658]);
    macro_rules! time{($name:expr,$reps:expr,$e:expr)=>{{ let mut m=f64::MAX; for _ in 0..9{let t=Instant::now(); for _ in 0..$reps{std::hint::black_box($e);} m=m.min(t.elapsed().as_secs_f64()/$reps as f64);} println!("{:30} {:.3} us",$name,m*1e6);}}}
    time!("value",5000,objective.of_data(&best,&mut room));
    time!("prepare",5000,objective.prepare(&best,Bend::Exact,&mut room));
    time!("prepare+majorant",5000,{objective.prepare(&best,Bend::Majorant,&mut room);objective.normal(&best,Bend::Majorant,&mut room)});
    time!("prepare+exact",5000,{objective.prepare(&best,Bend::Exact,&mut room);objective.normal(&best,Bend::Exact,&mut room)});
    let bounds:Vec<(f64,f64)>=law.coefficients().iter().map(|c|c.bounds).collect();
    let search=Search{objective,free:&[true;5],bounds:&bounds,strides:&[2.0,2.0,2.0,0.5,0.5],steps:300,rounding:1e-31*rows.len() as f64};
    let b=search.descend(&best,Bend::Exact,&mut room); println!("{:?} {:e} {} {:?}",b.stop,b.objective,b.steps,&b.theta[..5]);
    println!("E {} A {} B {} {:.15e}",b.theta[0].exp(),b.theta[1].exp(),b.theta[2].exp(),b.objective);
    time!("warm fit",500,search.descend(&best,Bend::Exact,&mut room));
    time!("x",1,0); let c=law.coefficients(); let mut hist=std::collections::BTreeMap::new(); let mut good=0; let mut steps=0; let t=Instant::now(); let mut count=0; let mut off=vec![];
    for &e in c[0].grid{for &a in c[1].grid{for &bb in c[2].grid{for &al in c[3].grid{for &be in c[4].grid{
        let r=search.descend(&cen([e,a,bb,al,be]),Bend::Majorant,&mut room); count+=1; steps+=r.steps; *hist.entry(format!("{:?}",r.stop)).or_insert(0)+=1; if r.objective<b.objective*(1.0+1e-9){good+=1}else{off.push(r.objective)}
    }}}}}
    println!("{count} starts {:?} agree {good} steps {} {:.3} s",hist,steps/count,t.elapsed().as_secs_f64()); off.sort_by(f64::total_cmp); println!("{:?}",&off.iter().step_by(off.len()/10+1).collect::<Vec<_>>());
}
