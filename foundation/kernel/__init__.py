"""Pure primitives that know no app: actors, refusals, rules, transition tables, calendars, text forms."""
