"""The rules of the catalogue; pure.

```
activity   what an activity is          words   endings, families of words, typing slips
changes    what two versions differ in  texts   which texts are searched, in which place
choices    what it may be given         index   which activities hold a word
                                        search  words and filters, counted and ranked
```
"""

from bookings.programmes.rules.activity import (
    GRADES,
    LANGUAGES,
    PRESCHOOL,
    ActivityKind,
    ActivityRow,
    MaterialRow,
    MaterialStage,
    OutcomeRow,
    TitleRow,
    activity_of,
    content_of,
    spans,
)
from bookings.programmes.rules.search import (
    CATALOGUE_MAX,
    FACETS,
    ActivitySearch,
    Found,
    Loosening,
    Searchable,
    SearchIndex,
    code_key,
    make_index,
    search,
)
from bookings.programmes.rules.texts import Curriculum, searchable
from bookings.programmes.rules.words import core, is_one_slip, stem

__all__ = [
    "CATALOGUE_MAX",
    "FACETS",
    "GRADES",
    "LANGUAGES",
    "PRESCHOOL",
    "ActivityKind",
    "ActivityRow",
    "ActivitySearch",
    "Curriculum",
    "Found",
    "Loosening",
    "MaterialRow",
    "MaterialStage",
    "OutcomeRow",
    "SearchIndex",
    "Searchable",
    "TitleRow",
    "activity_of",
    "code_key",
    "content_of",
    "core",
    "is_one_slip",
    "make_index",
    "search",
    "searchable",
    "spans",
    "stem",
]
