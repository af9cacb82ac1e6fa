"""Plan a class's whole day: pure functions over frozen values; no database, clock or chance.

```
request   what a class wants of its day
world     one day of the centre: what is open, free, and who may do what
plan      the stops of a day that was found
validate  validate(plan, request, world) -> violations: the one judge of every plan
search    plan_days(request, worlds) -> at most three ranked plans that pass the judge
relax     the smallest changes with which a plan fits
replan    the smallest change of a standing plan when the day turns out otherwise
```
"""
