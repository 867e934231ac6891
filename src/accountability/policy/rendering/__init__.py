"""rendering: a policy read back. In: the model. Out: Markdown in English or Chinese that its author can check and sign.

Nothing is lost: two policies that differ in meaning give two pages that differ. There is one page of code for each kind of rule.
"""

from accountability.policy.rendering.pack import needed, readme, show_pack, show_rule

__all__ = ["needed", "readme", "show_pack", "show_rule"]
