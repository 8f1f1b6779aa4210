use isoflop::fit::*; use isoflop::law::*; use isoflop::robust::*; use isoflop::rows::*; use isoflop::simulate::*; use isoflop::uncertainty::*; use isoflop::progress::Quiet; use isoflop::fit::objective::Residual;
use rayon::prelude::*;
fn main(){
    let a:Vec<String>=std::env::args().collect(); let tables:usize=a[1].parse().unwrap(); let resamples:usize=a[2].parse().unwrap(); let which:Vec<&str>=a[3].split(',').collect(); let only:Vec<usize>=a[4].split(',').map(|s|s.parse().unwrap()).collect();
    let rl=robust_loss(a.get(5).map(|s|s.as_str()).unwrap_or("huber:0.001")).unwrap();
    let law=law("chinchilla").unwrap(); let theta=[1.82f64.ln(),482f64.ln(),2085f64.ln(),0.348,0.366];
    // (name, budgets, sizes, half width ln, offset ln)
    let designs=[("centred",0usize,4f64.ln(),0.0),("off-centre",0,4f64.ln(),3f64.ln()),("narrow",0,2f64.ln(),0.0),("wide",0,16f64.ln(),0.0),("few budgets",3,6f64.ln(),0.0)];
    for &n in &only { for (name,nb,half,off) in designs {
        let budgets= if nb==0 { match n {12=>3,24=>4,48=>6,120=>8,_=>10} } else {nb}; let sizes=n/budgets;
        let mut places=vec![]; let mut groups=vec![];
        for b in 0..budgets { let c=1e18f64*(1e3f64).powf(b as f64/(budgets-1) as f64); let lp=(c/6.0).ln(); let o=law.optimum(&theta,lp).unwrap();
            let mut g=vec![]; for s in 0..sizes { let x=o[0]+off+half*(2.0*s as f64/(sizes-1) as f64-1.0); g.push(places.len()); places.push(At::allocation(x,lp-x)); } groups.push(g);}
        let groups=Groups::Budgets(if which.contains(&"pooled"){vec![(0..places.len()).collect()]}else{groups});
        let lt=(1e23f64/6.0).ln();
        for tails in [Tails::Normal,Tails::Heavy] { for sd in [0.005] {
            let truth={let mut t=[0.0;12]; t[..5].copy_from_slice(&theta); t};
            let qs:Vec<Quantity>=vec![&|t|t[3].ln(),&|t|t[4].ln(),&|t|law_().optimum(&t[..5],(1e23f64/6.0).ln()).map_or(f64::NAN,|o|o[0]),&|t|law_().optimum(&t[..5],(1e23f64/6.0).ln()).map_or(f64::NAN,|o|law_().ln_loss(&t[..5],At::allocation(o[0],o[1])))];
            let tv:Vec<f64>=qs.iter().map(|q|q(&truth)).collect(); let _=lt;
            for m in &which { if *m=="pooled"{continue}
                let method=interval(m).unwrap();
                let hits:Vec<([u32;8],u32,u32)>=(0..tables).into_par_iter().map(|k|{
                    let rows=rows(law,&theta,&places,Scatter{sd,tails},1000+k as u64);
                    let options=FitOptions{robust:rl.as_ref(),residual:Residual::Log,search:None,fixed:vec![],priors:vec![]};
                    let mut given=Held::default();
                    let fit=fit(law,&rows,&options,&mut given).unwrap();
                    let mut out=[0;8]; let mut unc=0; let bad=(fit.status!=FitStatus::Converged) as u32;
                    for (li,level) in [0.8,0.95].into_iter().enumerate(){ let sp=method.spreads(&Ask{fit:&fit,groups:&groups,level,resamples,seed:7},&qs,&Quiet).unwrap(); unc=sp.refits.unconverged as u32;
                        for (i,s) in sp.of.iter().enumerate(){ if s.low.is_none_or(|l|l<=tv[i])&&s.high.is_none_or(|h|h>=tv[i]) {out[li*4+i]=1;} } }
                    (out,bad,unc) }).collect();
                let mut sum=[0;8]; let (mut bad,mut unc)=(0,0); for (h,b,u) in &hits{ for i in 0..8{sum[i]+=h[i]} bad+=b; unc+=u;}
                let p:Vec<String>=sum.iter().map(|s|format!("{:5.1}",100.0**s as f64/tables as f64)).collect();
                println!("{n:4} {name:12} {tails:?} {m:8} 80: {} | 95: {}  bad {bad} unconv {:.1}%",p[..4].join(" "),p[4..].join(" "),100.0*unc as f64/(tables*resamples.max(1)) as f64);
            }}}
    }}
}
fn law_()->&'static dyn Law{ isoflop::law::law("chinchilla").unwrap() }
