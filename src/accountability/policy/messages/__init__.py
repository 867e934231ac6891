"""messages: what is wrong with a file, in the author's language. In: a diagnostic in English. Out: the same in Chinese.

The checks say everything in English. What they say is turned into Chinese here, by the templates in `chinese/`: a line as it stands
in the source, with holes for what is put in, and below it the same in Chinese. What fits no template stays as it is.
"""

from accountability.policy.messages.catalog import Catalog, chinese, phrased, refused, told, translated
from accountability.policy.messages.template import Template

__all__ = ["Catalog", "Template", "chinese", "phrased", "refused", "told", "translated"]
