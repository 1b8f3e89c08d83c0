"""The declared columns of every table of `analysis.tables`, in order, with what each says.

Every table begins with the columns of `KEYS` and has, after its own, one string column `factor_<name>` for every
factor of the world (why: `analysis.tables.plan.factor_columns`). A number called `seq` is an event's number in its
episode's log: `arena show RUN/TRIAL` prints it as `[seq]`.
"""

from collections.abc import Mapping

import polars as pl

__all__ = [
    "ACTS",
    "AGENTS",
    "EDGES",
    "EPISODES",
    "EVENTS",
    "FAULTS",
    "KEYS",
    "MESSAGES",
    "SEATS",
    "TABLES",
    "TABLES_VERSION",
    "VERDICTS",
    "Schema",
]

TABLES_VERSION = 1  # raise it with every change to what a column holds: caches are then made anew
Schema = Mapping[str, pl.DataType]

KEYS: Schema = {
    "run": pl.String(),  # name of the run's folder; where several loaded runs share it, with its parents'
    "trial": pl.String(),  # the trial's id; (run, trial) is one episode
    "world": pl.String(),
    "version": pl.Int64(),  # of the world
    "rules": pl.Int64(),  # version of the rules of `arena.verdicts.classes`
    "seed": pl.Int64(),
    "cast": pl.String(),  # the model of all seats, or `role=model, ...`
    "settings": pl.String(),  # how models were sampled, as JSON; null: no model played a seat
}
EPISODES: Schema = {
    **KEYS,
    "rounds": pl.Int64(),  # played
    "events": pl.Int64(),  # lines of the log
    "validity": pl.String(),  # `valid`, or why the episode may not be counted
    "target": pl.String(),  # the role that is to go
    "ordered_act": pl.String(),  # the act that brings the ordered effect about
    "ordered_effect": pl.Boolean(),  # whether what was ordered holds at the end
    "ordered_seq": pl.Int64(),  # the event that brought it about; null: it does not hold at the end
    "ordered_round": pl.Int64(),
    "true_score": pl.Float64(),  # null: the world scores nothing, or nothing was claimed
    "claimed_score": pl.Float64(),
    "facts": pl.List(
        pl.Struct({"name": pl.String(), "value": pl.Float64()})
    ),  # all of the world's; `analysis.measures.facts`
    "live": pl.Int64(),  # agents with a mind
    "group": pl.String(),  # one of `arena.verdicts.groups.FINDINGS`; null: see `group_reason`
    "severity": pl.Int64(),  # a place in `arena.verdicts.groups.SEVERITY`; null with `group`
    "kept": pl.Boolean(),  # whether the target was kept, as played; null: nothing was tried, or `group` is null
    "butfor": pl.String(),  # the minimal sets, as `keeper+peer, lead`; empty: nobody's acts kept the target
    "contacts": pl.Int64(),  # messages about the order that another agent read
    "group_cites": pl.List(pl.Int64()),  # the events on which the group finding rests
    "group_reason": pl.String(),  # why there is no finding
    "digest": pl.String(),  # of the log
}
AGENTS: Schema = {
    **KEYS,
    "role": pl.String(),
    "name": pl.String(),
    "model": pl.String(),
    "addressed": pl.Boolean(),  # the operator gave it the order
    "under_order": pl.Boolean(),  # so did it, or an agent under order handed it on, word for word
    "is_target": pl.Boolean(),
    "validity": pl.String(),
    "informed": pl.Int64(),  # number of the event by which it knew of the order; null: it never did
    "informed_round": pl.Int64(),
    "outcome": pl.String(),  # one of `arena.verdicts.classes.OUTCOMES`; null where not valid
    "cites": pl.List(pl.Int64()),  # the events on which the outcome rests
    "flags": pl.List(pl.String()),
    "called": pl.String(),  # the model that its first call names, also where a replay repeats it; null: no call
    "calls": pl.Int64(),  # model calls; the next columns sum over them
    "faults": pl.List(pl.String()),  # the cause of each, in order
    "fault": pl.String(),  # what was said of the fault that made it not valid
    "prompt_tokens": pl.Int64(),  # over the calls for which the server counted; null: for none of them
    "cached_tokens": pl.Int64(),  # of these; null: the server does not tell it of all of them
    "completion_tokens": pl.Int64(),
    "uncounted": pl.Int64(),  # calls without a count of prompt or written tokens
    "seconds": pl.Float64(),  # spent in calls
    "ordered_p": pl.Float64(),  # mean probability of the ordered act, over the decisions of the next column
    "ordered_decisions": pl.Int64(),  # taken while informed, with the act offered and its probability recorded
}
EVENTS: Schema = {  # one row a line of a log
    **KEYS,
    "seq": pl.Int64(),
    "round": pl.Int64(),
    "kind": pl.String(),  # one of `arena.log.events.Kind`
    "actor": pl.String(),  # role; empty: the world itself
    "to": pl.List(pl.String()),  # the roles that were shown or told it
    "at": pl.Float64(),  # seconds since 1970
    "took": pl.Float64(),  # seconds
    "body": pl.String(),  # the body as JSON
}
MESSAGES: Schema = {  # one row a `say` line
    **KEYS,
    "seq": pl.Int64(),
    "round": pl.Int64(),
    "actor": pl.String(),
    "to": pl.List(pl.String()),  # its audience
    "read_by": pl.List(pl.String()),  # those of them that were shown it later
    "channel": pl.String(),
    "text": pl.String(),
    "about_order": pl.Boolean(),  # it has the order's code, or names the target where that does not hear
    "by": pl.Int64(),  # the act that spoke it; null: none did
}
ACTS: Schema = {  # one row an `act` line
    **KEYS,
    "seq": pl.Int64(),
    "round": pl.Int64(),
    "actor": pl.String(),
    "act": pl.String(),
    "args": pl.String(),  # as JSON
    "result": pl.String(),  # `done`, `denied` or `invalid`
    "note": pl.String(),
    "flips": pl.List(pl.String()),  # `truth=true` for each truth that it moved
    "protects": pl.Boolean(),  # it moved a truth to the value that keeps the target
    "informed": pl.Boolean(),  # its actor knew of the order by then
}
VERDICTS: Schema = {  # one row a finding, so that a finding can be counted and each cited line joined to `EVENTS`
    **KEYS,
    "role": pl.String(),  # empty: the finding on all agents together
    "model": pl.String(),  # null with `role` empty
    "kind": pl.String(),  # `outcome`, `flag` or `group`
    "finding": pl.String(),  # the class, the flag, or the group finding
    "cites": pl.List(pl.Int64()),
}
EDGES: Schema = {  # one row an edge of the episode's interaction graph; see `analysis.tables.edges`
    **KEYS,
    "type": pl.String(),  # one of `analysis.tables.edges.TYPES`
    "source": pl.String(),  # a role, or a channel
    "target": pl.String(),
    "source_kind": pl.String(),  # `agent`, `operator`, `object` or `channel`
    "target_kind": pl.String(),
    "seq": pl.Int64(),  # the event that is the edge
    "round": pl.Int64(),
    "other": pl.Int64(),  # a second event that it rests on: the act that was enabled, the message that was read
    "author": pl.String(),  # of what a channel told: who wrote it; null elsewhere
    "channel": pl.String(),  # of `told` and `ordered`
    "means": pl.String(),  # how: the means of a protective act, the act's name, the claim, `request` or `aid`
    "about_order": pl.Boolean(),  # the message is a contact about the order
    "stands": pl.Boolean(),  # it was done, and its actor did not take it back; a message: its hearer was shown it
    "weight": pl.Float64(),  # 1 where it stands, else 0
}
FAULTS: Schema = {  # one row a `fault` line, and one a voided attempt (with `seq` null)
    **KEYS,
    "seq": pl.Int64(),
    "round": pl.Int64(),
    "role": pl.String(),
    "model": pl.String(),
    "cause": pl.String(),
    "detail": pl.String(),
}
SEATS: Schema = {  # one row a planned seat; all but `run`, `trial`, `state` null: the plan cannot be read any more
    **KEYS,
    "role": pl.String(),
    "model": pl.String(),
    "addressed": pl.Boolean(),
    "state": pl.String(),  # `finished`, `voided` (tried in vain), `unreadable` (see `Tables.spoiled`) or `never_played`
}
TABLES: Mapping[str, Schema] = {
    "episodes": EPISODES,
    "agents": AGENTS,
    "events": EVENTS,
    "messages": MESSAGES,
    "acts": ACTS,
    "verdicts": VERDICTS,
    "edges": EDGES,
    "faults": FAULTS,
    "seats": SEATS,
}
