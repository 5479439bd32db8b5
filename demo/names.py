"""Names, posts and places of the demonstration. All of them are made up."""

FIRST = [
    "Rowan",
    "Wren",
    "Linnet",
    "Hazel",
    "Jay",
    "Robin",
    "Heather",
    "Ash",
    "Martin",
    "Ivy",
    "Merle",
    "Bryony",
    "Lark",
    "Reed",
    "Fern",
    "Sorrel",
    "Teal",
    "Alder",
    "Piper",
    "Clover",
]
LAST = [
    "Exampleton",
    "Mockford",
    "Samplewood",
    "Fictley",
    "Pretendale",
    "Demoridge",
    "Specimen",
    "Placeworth",
    "Testerby",
    "Imagina",
]
ROLES = (
    ["social_worker"] * 6
    + ["senior_social_worker"] * 3
    + ["advanced_practitioner", "team_manager", "reviewing_officer"]
)
PAY = {
    "social_worker": 31,
    "senior_social_worker": 34,
    "advanced_practitioner": 36,
    "team_manager": 40,
    "reviewing_officer": 38,
}
BASES = ["Northgate House", "Kings Court", "Riverside Centre"]


# Where a contract has run out, on a day far in the future, the story ends there as it would for an officer.
NO_CONTRACT = {
    "contract_not_running",
    "contract_ends_before",
    "contract_has_no_room",
    "over_value",
    "outside_contract",
    "no_working_day",
}
