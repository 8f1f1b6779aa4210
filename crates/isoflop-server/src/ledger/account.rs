//! Rules on users, keys and what is granted.

use super::{Event, ExperimentId, KeyDigest, Ledger, Owner, Purse, Refusal, Terms, UserId};

impl Ledger {
    pub(super) fn add_user(&self, name: &str, key: &KeyDigest) -> Result<Vec<Event>, Refusal> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Refusal::NoName);
        }
        if self.names.contains_key(name) {
            return Err(Refusal::NameTaken(name.to_owned()));
        }
        let user = UserId(self.users.len() as u32);
        let mut events = vec![Event::UserAdded { user, name: name.to_owned() }];
        events.extend(self.set_key(Owner::User(user), key)?);
        Ok(events)
    }

    pub(super) fn set_key(&self, owner: Owner, key: &KeyDigest) -> Result<Vec<Event>, Refusal> {
        match self.owner(key) {
            Some(known) if known == owner => Ok(Vec::new()),
            Some(_) => Err(Refusal::KeyTaken),
            None => Ok(vec![Event::KeySet { owner, key: key.clone() }]),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of the command")]
    pub(super) fn adjust(
        &self,
        terms: &Terms,
        user: UserId,
        purse: Purse,
        amount: f64,
        reason: &str,
        actor: &str,
        once: Option<&str>,
    ) -> Result<Vec<Event>, Refusal> {
        match once.and_then(|name| self.granted.get(name)) {
            Some(&known) if known == (user, purse, amount) => return Ok(Vec::new()),
            Some(_) => return Err(Refusal::AlreadyGranted(once.unwrap_or_default().to_owned())),
            None => {}
        }
        let account = self.user(user);
        let extra = match purse {
            Purse::Seconds => account.extra_seconds,
            Purse::Flops => account.extra_flops,
        };
        // Nor may many of them add up to more than anybody ever trains with: sums stay exact below it.
        if !(amount.is_finite() && (extra + amount).abs() <= purse.most()) {
            return Err(Refusal::NotAnAmount(amount));
        }
        // What is spent or reserved cannot be taken: a purse is never below nothing.
        let left = self.balance(terms, user, purse).left();
        if amount < 0.0 && left + amount < 0.0 {
            return Err(Refusal::NotLeft { amount: -amount, left: left.max(0.0) });
        }
        let (reason, actor, once) = (reason.to_owned(), actor.to_owned(), once.map(ToOwned::to_owned));
        Ok(vec![Event::BudgetAdjusted { user, purse, amount, reason, actor, once }])
    }

    pub(super) fn refund(&self, id: ExperimentId, reason: &str, actor: &str) -> Result<Vec<Event>, Refusal> {
        let run = self.experiment(id).ok_or(Refusal::UnknownExperiment(id))?;
        if !run.has_ended() {
            return Err(Refusal::NotEnded(id));
        }
        if run.charge == 0.0 {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Refunded { experiment: id, reason: reason.to_owned(), actor: actor.to_owned() }])
    }

    pub(super) fn drain(&self, on: bool, actor: &str) -> Vec<Event> {
        if self.draining == on { Vec::new() } else { vec![Event::Drained { on, actor: actor.to_owned() }] }
    }
}
