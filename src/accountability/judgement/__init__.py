"""judgement: pure arithmetic that every reading of a policy shares. In: conclusions and an organisation. Out: who and how much."""
