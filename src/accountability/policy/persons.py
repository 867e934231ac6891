"""What no event may hold: something about a person (safeguard SG1). In: what a field or a key is called. Out: whether it would."""

from __future__ import annotations

import re
import unicodedata

WHO = frozenset({
    "petitioner", "complainant", "resident", "citizen", "worker", "believer", "person", "tipster", "applicant", "keyperson",
    "villager", "visitor", "householder", "occupant", "caller", "patient", "informant", "whistleblower",
})
"""Nouns for a person. Of most it may be told how many there were, or whether any: `residents: number`."""
ABOUT = frozenset({
    "name", "fullname", "firstname", "lastname", "surname", "idnumber", "idcard", "passport", "phone", "telephone", "mobile",
    "email", "address", "faith", "religion", "age", "birth", "birthday", "birthdate", "dob", "birthplace", "placeofbirth", "gender",
    "sex", "ethnicity", "nationality", "nationalid", "ssn", "socialsecurity", "maritalstatus", "wechat", "health",
    "mentalhealth", "mentalstate", "medicalhistory", "diagnosis", "disease", "disability",
    # The same in the letters of pinyin.
    "xingming", "mingzi", "shenfenzheng", "zhengjianhao", "dianhua", "shouji", "shoujihao", "weixin", "lianxifangshi", "zhuzhi",
    "dizhi", "huji", "hukou", "nianling", "shengri", "chushengriqi", "xingbie", "minzu", "xinyang", "zongjiao",
    "jiankang", "bingshi", "dangshiren",
})
"""What is told of one."""
DETAILS = frozenset({"id", "no", "number", "name", "home", "mobile", "date", "of", "the", "first", "last", "full", "hao", "ma"})
"""What the name of such a field may say beside: `phone_number`, `date of birth`."""
NUMBERED = re.compile("(?:no|number|id|hao|haoma)$")
"""What says that such a field holds its number, where nothing parts it: `idcardno`."""
ALWAYS = ("petitioner", "complainant", "xinfangren", "shangfangren", "shangfangzhe", "laifangren", "tousuren",
          "jubaoren", "baoanren", "zhongdianren", "shenfenzheng")
"""Words that say so wherever they stand, also where nothing parts them from the next."""
PERSONAL_WORDS = (
    "姓名", "名字", "身份证", "证件号", "电话", "手机", "微信号", "联系方式", "住址", "地址", "信仰", "宗教", "年龄", "性别",
    "民族", "籍贯", "健康", "疾病", "病史", "出生日期", "出生年月", "婚姻状况", "上访者", "上访户", "上访老户",
    "访民", "缠访户", "闹访户", "来信人", "反映人", "诉求人", "投诉人", "报案人", "举报人", "重点对象")
WHO_CAME = re.compile("(?:信访|上访|来访)人(?!次|数)|重点人(?!民|才|口|次|数)|keyperson(?!nel)")
"""The same, but for how many there were."""
PERSONAL_CHINESE = frozenset({
    "当事人", "居民", "村民", "市民", "公民", "群众", "残疾",
    "参与人", "参与者", "带头人", "患者", "病人", "户主", "住户", "生日", "户籍", "户口", "住所"})
"""Words that say so where nothing else is said."""
CALLED = frozenset({"信访人", "上访人", "上访者", "上访户", "访民", "来访人", "投诉人", "举报人", "重点人员"})
"""The same for whoever raises a case."""
BRANDS = re.compile(
    "重点人(?!民|才|口)|重点稳控|稳控对象|上访户|上访老户|[缠闹非]访(?:户|人)|精神病(?:人|患)|"
    r"(?<![a-z])key[ _-]?(?:person|people)s?(?![a-z])|troublemaker|(?:repeat|habitual|vexatious)[ _-]petitioner")
"""Words that sort people."""


def about_somebody(name: str, counted: bool = False) -> bool:
    """Whether a field called *name* is about a person; where it is *counted*, it may say how many people there were."""
    words = _words(name)
    joined = "".join(words)
    if any(w in joined for w in PERSONAL_WORDS) or WHO_CAME.search(joined) or any(w in joined for w in ALWAYS):
        return True
    single = [_single(w) for w in words]
    plain = {"".join(single), "".join(w for w in single if w not in DETAILS)}
    plain |= {NUMBERED.sub("", one) for one in plain} | {joined}
    if counted:
        return bool(plain & ABOUT) or joined in WHO - {"visitor", "caller", "patient"}
    return bool(plain & (ABOUT | WHO)) or joined in PERSONAL_CHINESE or "resident" in single


def is_somebody(name: str) -> bool:
    """Whether *name* is a noun for a person, as no unit is called."""
    joined = "".join(_words(name))
    return joined in WHO or _single(joined) in WHO or any(joined == w for w in ALWAYS) or joined in PERSONAL_CHINESE | CALLED


def brings_somebody(key: str, counted: bool = False) -> bool:
    """Whether what an event holds under *key* is about a person. Under a bare `name`, logs hold the name of anything."""
    return key != "name" and about_somebody(key, counted)


def brands_somebody(word: str) -> bool:
    """Whether *word* sorts people, as a choice, a row or the name of an event may."""
    return bool(BRANDS.search(" ".join(_words(word)))) or bool(BRANDS.search("".join(_words(word))))


def _words(name: str) -> list[str]:
    """The words of *name*, in small letters: `phone_number`, `phoneNumber` and `PhoneNumber` are two."""
    name = unicodedata.normalize("NFKC", name)
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [w for w in re.split(r"[\W_]+", name.lower()) if w]


def _single(word: str) -> str:
    """*word* without the s of several."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
