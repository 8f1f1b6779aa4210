//! `isoflop worker --slurm` on a real cluster of one node, which the test installs and starts: Debian's `slurmctld`,
//! `slurmd` and `munge`. Where they cannot be had, or without root, it says so and is skipped.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::config;
use crate::program::{Ended, Place, command, run};
use crate::serving::{Server, WORKER_KEY};

const PATIENCE: Duration = Duration::from_mins(2);
/// Prints a loss, waits for a file `go`, and prints another; a line in `begun` for each start.
const TRAINER: &str = "read config; echo start >> begun
echo '{\"elapsed_seconds\": 1.0, \"val_loss\": 4.5}'
while [ ! -e go ]; do sleep 0.05; done
echo '{\"elapsed_seconds\": 2.0, \"val_loss\": 4.25}'
";

/// Processes that end with the test.
struct Daemons(Vec<Child>);

impl Drop for Daemons {
    fn drop(&mut self) {
        for child in self.0.iter_mut().rev() {
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(5) && matches!(child.try_wait(), Ok(None)) {
                sleep(Duration::from_millis(50));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a program says; why not, where it cannot be started.
fn said(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether every program of a cluster is there.
fn installed() -> Result<(), String> {
    let programs = [("munged", "--version"), ("slurmctld", "-V"), ("slurmd", "-V"), ("sbatch", "-V")];
    programs.iter().try_for_each(|(program, ask)| said(program, &[ask]).map(drop))
}

/// Installs what is missing, from Debian's packages.
fn install() -> Result<(), String> {
    if installed().is_ok() {
        return Ok(());
    }
    // Another may be installing something, too.
    let apt = |words: &str| {
        let arguments = ["-qq", "-o", "DPkg::Lock::Timeout=300"].into_iter().chain(words.split(' '));
        let ran = Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").output();
        let ran = ran.map_err(|error| format!("apt-get: {error}"))?;
        if ran.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ran.stderr).trim().to_owned()) }
    };
    apt("update")?;
    apt("install -y --no-install-recommends slurmctld slurmd slurm-client munge")?;
    installed()
}

/// A cluster below `folder`; why not, where there can be none.
fn cluster(folder: &Path) -> Result<Daemons, String> {
    if said("id", &["-u"])? != "0" {
        return Err("only root may start slurmd".to_owned());
    }
    install()?;
    let host = said("hostname", &["-s"])?;
    let port = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (d, ctld, slurmd) = (folder.display(), port(), port());
    for name in ["state", "spool"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    fs::write(folder.join("munge.key"), [7; 1024]).unwrap();
    assert!(Command::new("chmod").arg("400").arg(folder.join("munge.key")).status().unwrap().success());
    let text = format!(
        "ClusterName=test\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={ctld}\nSlurmdPort={slurmd}\n\
         SlurmUser=root\nSlurmdUser=root\nAuthType=auth/munge\nAuthInfo=socket={d}/munge.sock\n\
         StateSaveLocation={d}/state\nSlurmdSpoolDir={d}/spool\nSlurmctldPidFile={d}/slurmctld.pid\n\
         SlurmdPidFile={d}/slurmd.pid\nSlurmctldLogFile={d}/slurmctld.log\nSlurmdLogFile={d}/slurmd.log\n\
         ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nSelectType=select/cons_tres\n\
         SelectTypeParameters=CR_Core\nMpiDefault=none\nReturnToService=2\nKillWait=2\n\
         AccountingStorageType=accounting_storage/none\nJobAcctGatherType=jobacct_gather/none\n\
         SlurmdParameters=config_overrides\n\
         NodeName={host} NodeAddr=127.0.0.1 CPUs=4 Sockets=4 CoresPerSocket=1 ThreadsPerCore=1 State=UNKNOWN\n\
         PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP\n"
    );
    fs::write(folder.join("slurm.conf"), text).unwrap();
    let start = |program: &str, arguments: &str| {
        let log = fs::File::create(folder.join(format!("{program}.out"))).unwrap();
        let mut command = Command::new(program);
        command.args(shlex::split(arguments).unwrap()).env("SLURM_CONF", folder.join("slurm.conf"));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    };
    let munged = format!(
        "--foreground --force --socket={d}/munge.sock --key-file={d}/munge.key --pid-file={d}/munged.pid \
         --log-file={d}/munged.log --seed-file={d}/munge.seed"
    );
    let mut daemons = Daemons(vec![start("munged", &munged)]);
    until("munged", || folder.join("munge.sock").exists());
    daemons.0.push(start("slurmctld", &format!("-D -f {d}/slurm.conf")));
    daemons.0.push(start("slurmd", &format!("-D -f {d}/slurm.conf")));
    until("the node", || asked(folder, "sinfo", &["-h", "-o", "%T"]).starts_with("idle"));
    Ok(daemons)
}

/// What one of Slurm's programs says of this cluster.
fn asked(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(arguments).env("SLURM_CONF", folder.join("slurm.conf")).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn until(what: &str, mut look: impl FnMut() -> bool) {
    let began = Instant::now();
    while !look() {
        assert!(began.elapsed() < PATIENCE, "{what} has not come");
        sleep(Duration::from_millis(100));
    }
}

fn ask(place: &Place, server: &Server, words: &str) -> Ended {
    let mut command = command(&place.path(""), words);
    run(command.env("ISOFLOP_URL", &server.url).env("ISOFLOP_API_KEY", &server.user_key))
}

fn status(place: &Place, server: &Server) -> Value {
    ask(place, server, "status 1 --no-cache --json").json()[0]["status"].clone()
}

fn worker(place: &Place, server: &Server) -> Child {
    let words = "worker --name of-a-test --log off --slots 2 --slurm --slurm-poll 0.2 --run 'sh train.sh'";
    let mut command = command(&place.path(""), words);
    command.env("ISOFLOP_URL", &server.url).env("ISOFLOP_WORKER_KEY", WORKER_KEY);
    command.env("SLURM_CONF", place.path("cluster/slurm.conf")).stdout(Stdio::null()).spawn().unwrap()
}

/// A run as a job: the worker is killed while it goes on and finds it again; another run's job is cancelled at Ctrl-C.
#[test]
fn a_run_is_a_job_that_outlives_its_worker() {
    let place = Place::new();
    fs::create_dir(place.path("cluster")).unwrap();
    let _daemons = match cluster(&place.path("cluster")) {
        Ok(daemons) => daemons,
        Err(why) => {
            eprintln!("skipped: {why}");
            return;
        }
    };
    let jobs = |format: &str| asked(&place.path("cluster"), "squeue", &["-h", "-t", "all", "-o", format]);
    let server = Server::start("--no-workers");
    place.file("train.sh", TRAINER);
    place.file("config.json", config(3).to_string());
    assert_eq!(ask(&place, &server, "submit config.json").code, 0);

    let mut first = worker(&place, &server);
    until("the first loss", || status(&place, &server)["val_losses"] == json!([4.5]));
    first.kill().unwrap();
    first.wait().unwrap();
    place.file("go", "");
    let mut second = worker(&place, &server);
    until("the end", || status(&place, &server)["status_type"] == "completed");
    let ended = status(&place, &server);
    assert_eq!((&ended["val_losses"], &ended["run_id"]), (&json!([4.5, 4.25]), &json!("run-1-1")));
    assert_eq!(fs::read_to_string(place.path("begun")).unwrap().lines().count(), 1, "it was trained once");
    assert_eq!(jobs("%k").trim(), "run-1-1", "one job, which says whose it is");

    fs::remove_file(place.path("go")).unwrap();
    place.file("config.json", config(4).to_string());
    assert_eq!(ask(&place, &server, "submit config.json").code, 0);
    until("the second job", || jobs("%T").contains("RUNNING"));
    assert!(Command::new("kill").args(["-INT", &second.id().to_string()]).status().unwrap().success());
    assert_eq!(second.wait().unwrap().code(), Some(0));
    until("its cancellation", || jobs("%T").contains("CANCELLED"));
    assert_eq!(ask(&place, &server, "status 2 --json").json()[0]["status"]["status_type"], "queued");
}
