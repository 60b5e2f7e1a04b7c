"""Pure primitives that know no app: who acts, what can be refused, rules, transition tables, calendars, text forms."""
