"""What was found in a file, in words: what is wrong, what to do, and what would change."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.bank_items import Fault, Finding

LEFT_OUT = _("It is left out. Write it anew as a kind that the bank has.")
WORDS: dict[Fault, tuple[str | Promise, str | Promise]] = {
    Fault.ESSAY: (_("An essay is not taken."), LEFT_OUT),
    Fault.SHORT_ANSWER: (_("A short answer is not taken."), LEFT_OUT),
    Fault.MISSING_WORD: (_("A missing word in the middle of a sentence is not taken."), LEFT_OUT),
    Fault.DESCRIPTION: (_("This text asks nothing."), LEFT_OUT),
    Fault.UNKNOWN_KIND: (_("The answers are of no known kind."), _("Begin each option with = or ~, or write T or F.")),
    Fault.NOT_CLOSED: (
        _("The answers do not end."),
        _("Close them with }, and leave no empty line inside a question."),
    ),
    Fault.NOT_OPENED: (_("The answers do not begin."), _("Open them with {, and leave no empty line inside a question.")),
    Fault.NO_PROMPT: (_("The question itself is missing."), _("Write what is asked.")),
    Fault.TEXT_BEFORE_ANSWERS: (_("Words stand before the first option."), _("Begin each option with = or ~.")),
    Fault.EMPTY_OPTION: (_("An option is empty."), _("Write its text, or take it out.")),
    Fault.TOO_FEW_OPTIONS: (_("There are fewer than two options."), _("Add at least one wrong option.")),
    Fault.NO_RIGHT_OPTION: (_("No option is right."), _("Mark the right one.")),
    Fault.SEVERAL_FULL_MARKS: (
        _("More than one option is right by itself."),
        _("Mark just one, or make it a question with several answers (in GIFT by weights such as ~%50%)."),
    ),
    Fault.SAME_OPTION_TWICE: (_("The same option stands there twice."), _("Take one of them out.")),
    Fault.NOT_A_PAIR: (_("A term has no match."), _("Write both sides, in GIFT with -> between them.")),
    Fault.TOO_FEW_PAIRS: (_("There are fewer than two pairs."), _("Add a pair.")),
    Fault.SAME_TERM_TWICE: (_("The same term stands there twice."), _("Nobody could tell them apart: word one differently.")),
    Fault.NOT_A_NUMBER: (_("This is no number."), _("Write at most twelve digits, with a point and not a comma: 3.14.")),
    Fault.NOT_A_RANGE: (_("The range ends before it begins."), _("Write the smaller number first.")),
    Fault.SEVERAL_NUMBERS: (_("More than one number has full marks."), _("Keep one, or write a range.")),
    Fault.NOT_A_WEIGHT: (_("The weight is no number."), _("Write it between two signs: %50%.")),
    Fault.UNREADABLE: (
        _("The table cannot be read from here on."),
        _("Look for a quotation mark that is not closed, and save the file again as CSV."),
    ),
    Fault.NO_COLUMN: (_("A column is missing."), _("Add it. An exported file shows all columns.")),
    Fault.COLUMN_TWICE: (_("Two columns have the same name."), _("Rename or remove one.")),
    Fault.TOO_MANY_CELLS: (_("A cell stands under no heading."), _("Put the text into one cell, within quotation marks.")),
    Fault.NOT_A_KIND: (
        _("This is no kind of question."),
        _(
            "Write single choice, several answers, true/false, matching, numeric, sorting, right order, scale, picture choice or "
            "rewriting."
        ),
    ),
    Fault.NOT_A_DIFFICULTY: (_("This is no difficulty."), _("Write 1, 2 or 3, or leave it empty.")),
    Fault.NOT_YES_OR_NO: (_("This is neither yes nor no."), _("Write yes, or leave it empty.")),
    Fault.NOT_TRUE_OR_FALSE: (_("It does not say whether the statement is true."), _("Write true or false.")),
    Fault.NOT_THE_RIGHT_ONES: (_("These are no numbers of options."), _("Write the numbers of the right options, such as 1 3.")),
    Fault.GAP: (_("An option is left out between others."), _("Move the later ones up.")),
    Fault.NOT_FOR_THIS_KIND: (_("This kind of question has no such column."), _("Empty the cell, or change the kind.")),
    Fault.TOO_LONG: (_("The text is too long."), _("Shorten it.")),
    Fault.NOT_A_CATEGORY: (_("A card is right in no category."), _("Write the numbers of the categories beside each card.")),
    Fault.NO_PICTURE: (
        _("There is no such picture here."),
        _("Add it to the pictures first, and write its title. Where two have the same title, export a question that shows it."),
    ),
    Fault.TOO_MANY_LINES: (_("There are more lines than this kind can have."), _("Keep the best.")),
    Fault.TOO_FEW_LINES: (_("There are fewer lines than this kind needs."), _("Add one.")),
    Fault.TOO_MANY_DIGITS: (_("The number is finer than the bank keeps."), _("Write at most six digits after the point.")),
    Fault.TOO_MANY_QUESTIONS: (_("There are more than 500 questions in the file."), _("Split it.")),
    Fault.NUL: (_("It holds a letter that cannot be stored."), _("Write the text anew.")),
    Fault.CODE_TWICE: (_("The same code stands in the file twice."), _("Give each question its own code.")),
    Fault.CODE_TAKEN: (_("This code is taken."), _("Choose another one.")),
    Fault.LOCKED: (_("Somebody has locked this question, or it is being looked at."), _("Wait, or take it out of the file.")),
    Fault.PARTIAL_CREDIT: (
        _("Partial credit is not kept."),
        _("A question is right as a whole or not. Look whether the key is still what you mean."),
    ),
    Fault.PICTURE: (_("A picture is not kept."), _("Look whether the question can be understood without it.")),
    Fault.UNKNOWN_COLUMN: (_("This column is not read."), _("Nothing, or name it as in an exported file.")),
    Fault.FEEDBACK: (_("Feedback for single options is not kept."), _("Put what matters into the rationale.")),
    Fault.TAGS: (_("Tags are not kept."), _("Course, objective, difficulty and source are, where the file names them so.")),
}

CHANGES = {
    "prompt": _("question"),
    "body": _("answers"),
    "rationale": _("rationale"),
    "course": _("course"),
    "objective": _("objective"),
    "difficulty": _("difficulty"),
    "is_must_pass": _("must pass"),
    "source": _("source"),
}


def what_is_wrong(finding: Finding) -> str | Promise:
    return WORDS[finding.fault][0]


def what_to_do(finding: Finding) -> str | Promise:
    return WORDS[finding.fault][1]
