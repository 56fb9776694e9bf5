"""The phrases in which doses are said, as patterns over text in the one form of ``dose_words``."""

from __future__ import annotations

import re

from coach.dose_words import BLANK, REST, SPAN

SIDE = (
    r"(?:legs?|sides?|arms?|f[eo]+t|hands?|knees?|hips?|ankles?|shoulders?|limbs?|heels?|elbows?|wrists?|"
    r"thumbs?|buttocks?|cheeks?)"
)


_NOUN = (
    r"times?|reps?|repetitions?|repeats?|lifts|raises|stretches|squeezes|circles|circuits|turns|bends|curls|squats|"
    r"contractions|presses|taps|rolls|swings|goes|pulses|pumps|bridges|lunges|rotations|movements|tilts|kicks|slides|"
    r"shrugs|nods|twists|claps|punches|strokes|holds|marches|dips|clams|crunches|extensions|ups|press-ups|sit-ups|"
    r"push-ups|sit to stands|step-ups|step ups|steps each|steps on each"
)


PATTERN = re.compile(
    "|".join(
        (
            rf"(?P<day_n>{SPAN})(?: times?| x| sessions?| goes)?,? ?(?:a |per |each |every |in a |in the |/ ?)?day\b",
            rf"(?P<day_d>{SPAN}) ?(?:times?|x|sessions?)? ?daily\b",
            rf"(?P<rounds>{SPAN})(?: more)? (?:rounds|laps|circuits)\b",
            r"(?:circuit|whole routine|whole list|whole sheet|whole programme|whole program|list|whole set|whole thing)"
            rf"[^.;]{{0,40}}? (?P<circuit>{SPAN}) times\b",
            rf"(?P<sets_of>{SPAN}) sets?(?: each)?(?: of| x|,)? (?P<of_s>{SPAN}) sec\b",
            rf"(?P<sets_r>{SPAN}) sets?(?: each)? (?:of|x) (?P<of_r>{SPAN})\b(?! sets)",
            rf"(?P<by_s_n>{SPAN})(?: times| reps)? x (?P<by_s>{SPAN}) sec\b",
            rf"(?P<sec_x>{SPAN}) sec(?: holds?)? x (?P<sec_x_n>{SPAN})(?: (?P<sec_x_noun>sets?|reps?|times))?\b",
            rf"(?P<by_sets_r>{SPAN}) (?:reps?|repetitions?) x (?P<by_sets>{SPAN})(?: sets)?\b",
            rf"(?P<by_n>{SPAN}) x (?P<by_m>{SPAN})\b(?! sets)(?: ?(?:{_NOUN})\b)?",
            rf"(?P<by_m2>{SPAN}) x (?P<by_n2>{SPAN}) sets\b",
            rf"\bsets? ?(?:[:=-]|of)? ?(?P<sets_key>{SPAN})\b(?! ?(?:sec|times|reps|{BLANK}))",
            rf"(?P<sets_n>{SPAN})(?: more)? (?:sets?\b|series\b)(?! ?[:=])",
            rf"\b(?:repetitions?|repeats?|reps?|no\.? of reps|times)(?: ?[:=-] ?| )(?:x ?)?(?P<key>{SPAN})"
            rf"(?! ?(?:sec|sets(?! ?[:=])|x \d))(?: ?(?:times|reps|repetitions))?\b",
            rf"(?P<seconds>{SPAN})[ -]sec(?:ond)?s?\b",
            rf"\b(?:count(?:s|ing)?|hold\w*(?: (?:it|this|the|that|each|your|there|here|still|position|stretch|"
            rf"squeeze|leg|"
            rf"contraction|one))*|pause|tension|squeeze)(?: slowly)? ?(?:[:=]|for|to|of|a count of|to a count of|"
            rf"for a count of|"
            rf"while you count to|and count to)? ?(?:a )?(?:slow )?(?:count of )?(?P<bare_s>{SPAN})\b"
            rf"(?! ?(?:times|reps|repetitions|x\b|sets|{SIDE}))",
            rf"\brepeat(?:ed|ing)?(?: (?:this|it|these|the|whole|exercise|stretch|sequence|movement|cycle|routine|each|"
            rf"all|again|for|another|set|steps?|on|both|sides|with|leg|slowly|a))* (?:x ?)?(?P<repeat>{SPAN})"
            rf"(?: more)?(?: (?P<repeat_noun>times|sets|reps|repetitions|rounds))?\b(?! ?(?:x \d|sec))",
            rf"(?P<count>{SPAN}) ?(?P<count_noun>{_NOUN})\b",
            rf"(?P<count_e>{SPAN})(?: [a-z-]+){{0,3}}? (?:on |with |for |to )?(?:each|per|every|either)\b(?! day)",
            rf"(?P<count_lr>{SPAN})(?: (?:to|on|with|for))?(?: the| your)? (?:left|right|clockwise|anti)\b",
            rf"\bx ?(?P<x_n>{SPAN})\b",
            rf"(?P<n_x>{SPAN}) ?x(?=\W|$)(?! ?\d)",
            rf"(?:(?<=\bdo )|(?<=perform )|(?<=complete )|(?<=aim for )|(?<=total of )|(?<=last )|"
            rf"(?<=final ))(?P<do>{SPAN})"
            r"\b(?! ?(?:sec|legs?|feet|sets?|x\b))",
            rf"(?P<rest>{REST}|\brest\b(?! (?:your|the|on|both|one|with|a))|\bbreak\b)",
            rf"(?<![\w.])(?P<lone>{SPAN})(?=,? {REST}|,? rest\b)",
        )
    )
)  # fmt: skip


DAILY = re.compile(
    r"\b(?:daily|every day|each day|everyday|1 times a day|once a day)\b(?! (?:life|living|activit|tasks?|"
    r"routine|chores))"
)


TWICE = re.compile(
    r"\b(?:morning|am) (?:and|&|\+) (?:again )?(?:at |in the |every )?(?:night|evening|bedtime|pm)|\b(?:every |in the )"
    r"morning and (?:again )?(?:every |in the |at )?(?:evening|night|bedtime)|\bnight and morning\b|"
    r"\ba\.?m\.? and p\.?m\b"
)


THRICE = re.compile(r"\bmorning,? (?:noon|midday|lunch\w*|afternoon),? (?:and|&) (?:night|evening|bedtime)\b")


OTHER_FREQUENCY = re.compile(
    r"\bhourly\b|\bevery (?:hour|other day|second day|few hours)\b|\bon alternate days\b|"
    r"\b(?:a|per|each|every) week\b|\bweekly\b|\b(?:several|many|a few) times (?:a|each|per|every|"
    r"throughout the) day\b|"
    r"\bthroughout the day\b|\bmost days\b|\bas often as\b"
)


HELD = re.compile(
    r"\b(?:hold\w*|held|stay\w*|remain\w*|maintain\w*|pause|pausing|count\w*|squeez\w*|clench\w*|tighten\w*|"
    r"tens\w+|stretch\w*|"
    r"balanc\w*|plank|keep (?:it|this|that|the (?:position|stretch|leg|knee|pressure|squeeze)|still|there|"
    r"your balance)|"
    r"stand(?:ing)? on (?:one|1|your|the) \w*|hang\w*|press\w*|rest there|freeze|wall sit|brace|contract\w*)\b"
)


MOVING = re.compile(
    r"\b(?:march\w*|walk\w*|roll\w*|up and down|back and forth|backwards? and forwards?|forwards? and back\w*|"
    r"to and fro|"
    r"in and out|side to side|keep (?:going|rolling|moving|swinging)|continu\w+|without (?:pausing|stopping)|"
    r"repeatedly|"
    r"jog\w*|cycl\w*|pedal\w*|circl\w*|swing\w*|rub\w*|massag\w*|pump\w*|shak\w+|wiggl\w*|tap\w*|rock\w*|"
    r"rotat\w*|bounc\w*|"
    r"step\w*|danc\w*|punch\w*|mov(?:e|ing)|as many as|run\w*|skip\w*|row\w*|scrunch\w*|twirl\w*|paddl\w*|"
    r"round and round)\b"
)


STILL_WHOLE = re.compile(
    r"\b(?:hold\w*|stretch\w*|squeez\w*|clench\w*|tighten\w*|plank|wall sit|balance|(?:stand\w*|stance) on (?:one|1)|"
    r"(?:single|one)[- ]leg(?:ged)? (?:stand|stance|balance)|hang\w*|isometric|static|stay\w*|pull(?:ing)? in|"
    r"feel the pull|"
    r"lie there|pause)\b"
)


VAGUE_HOLD = re.compile(
    r"\b(?:hold\w*|stay\w*|pause|pausing|keep\w*|squeez\w*|remain\w*|maintain\w*|stretch|rest there)\b[^.;]{0,60}?\b(?:"
    r"(?:a )?(?:few|several|couple of) (?:seconds|moments|sec|breaths)|a (?:brief |short )?(?:moment|second|"
    r"while|beat)|"
    r"(?:one|a|\d+|\d+-\d+|few|several)? ?(?:deep |slow )*breaths?\b|as long as|briefly|until (?:you|the|it))"
)


BARE_HOLD = re.compile(
    r"\bhold(?: (?:this|the|it|that|there|position|stretch|still|briefly|here|squeeze))*(?= ?(?:[,.;:]|$)|"
    r" and (?:then )?"
    r"(?:relax|release|lower|repeat|return|slowly|let)| then)"
)


VAGUE_COUNT = re.compile(
    r"\b(?:several|a few|a couple of|many|as many|some) (?:times|reps|repetitions|more times|more)\b(?! (?:a|"
    r"per|each) day)|"
    r"\buntil (?:you (?:are|feel|get|become|run)|they|it|your|tired|breathless|fatigued|short of)\b[^.;]{0,40}?"
    r"(?:tired|breath\w*|fatigu\w*|tire|ache|shak\w*|exhaust\w*)|\buntil (?:tired|breathless|fatigued?|"
    r"short of breath)\b|"
    r"\bas many (?:times )?as\b|\bas (?:advised|instructed|prescribed|directed|tolerated)\b(?! by your doctor)|"
    r"\bas often as\b|\bfor as long as\b"
)


BARE_REPEAT = re.compile(
    r"\brepeat\b(?! ?(?:on|with|to|for|the same|in the other|using|other|opposite|same|both|left|right|"
    r"this (?:on|with)|the (?:exercise|"
    r"stretch|movement)? ?(?:on|with)|each|side|all (?:of )?th|these|as (?:above|before)))"
)
