"""What no event may hold: something about a person (safeguard SG1). In: what a field or a key is called. Out: whether it would."""

from __future__ import annotations

import re
import unicodedata

PERSONAL_FIELDS = frozenset({
    "name", "fullname", "firstname", "lastname", "surname", "petitioner", "complainant", "applicant", "resident", "citizen",
    "worker", "believer", "person", "tipster", "keyperson", "idnumber", "idcard", "passport", "phone", "telephone", "mobile",
    "email", "address", "faith", "religion", "age", "birth", "birthday", "birthdate", "gender", "sex", "ethnicity",
    "nationality", "health", "diagnosis", "disease",
})
DETAILS = frozenset({"id", "no", "number", "name", "home", "mobile", "date", "of", "the", "first", "last", "full"})
"""What the name of such a field may say beside: `phone_number`, `date of birth`."""
PERSONAL_WORDS = ("姓名", "身份证", "电话", "手机", "住址", "地址", "信仰", "宗教", "年龄", "性别", "民族", "健康", "疾病",
                  "信访人", "上访人", "来访人", "投诉人", "报案人", "重点人", "举报人")


def about_somebody(name: str) -> bool:
    """Whether a field called *name* is about a person."""
    name = unicodedata.normalize("NFKC", name).lower()
    words = re.split(r"[\W_]+", name)
    plain = {"".join(words), "".join(w for w in words if w not in DETAILS)}
    known = any(w in name for w in PERSONAL_WORDS) or bool({"petitioner", "complainant", "resident"} & {*words})
    return known or bool(plain & PERSONAL_FIELDS)


def brings_somebody(key: str) -> bool:
    """Whether what an event holds under *key* is about a person. Under a bare `name`, logs hold the name of anything."""
    return key != "name" and about_somebody(key)
