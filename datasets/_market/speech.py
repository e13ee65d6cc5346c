"""One text in the making: it puts facts into words of a language and remembers which of them are said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .grammar import agree, function_word, inflected, listed, of_brand
from .noise import Dice
from .vocabulary import FACT, Forms, Template, Vocabulary, mention, read

if TYPE_CHECKING:
    from .wording import Facts

COLOUR_NAMES = 0.18  # chance of "Wolf Grey" instead of "grey"
ORDER = ("brand", "model", "audience", "features", "material", "colour", "size", "count", "extra")
KINDS = {"audience": "audiences", "material": "materials", "colour": "colours"}
WORN = re.compile(
    r"((UK|EU|US|EUR|IT|FR|DE)\s?)?\d{1,3}([.,]5)?([-/]\d{1,3})?|\d?X{0,4}[SL]|M", re.IGNORECASE
)
_ADJECTIVE = re.compile(r"\w+(er|es|e|en|em) \w")
_STAYS = re.compile(r"(in|im|aus|als|für|frei|zum|zur) |.* nach\w+$")
_LOOSE = re.compile(r".*\b(to|by|in|from|as)\b")


class Speech:
    """The wording of some facts; each fact gets one wording per text."""

    def __init__(self, facts: Facts, language: str, words: Vocabulary, dice: Dice, new: bool) -> None:
        self.facts, self.language, self.new = facts, language, new
        self._words, self._dice = words, dice
        noun = facts.noun
        self.gender = noun.gender
        sure = bool(noun.gender)
        if language == "en":
            sure = sure or not noun.text.endswith("s") or noun.text.endswith("ss")
        elif language == "de":
            sure = sure and noun.gender[0] in "mfnp" and not _ADJECTIVE.match(noun.text)
        elif not sure:
            self.gender = "mp" if language in ("es", "fr") and noun.text.split(" ")[0][-1:] == "s" else "m"
        self.sure = sure
        self._features = list(facts.features)
        self._named: str | None = None
        self.open = {fact for fact in ORDER if getattr(facts, fact)}
        if facts.count < 2:
            self.open.discard("count")
        if WORN.fullmatch(facts.size):
            self.open.add("fit")
        said = noun.text.lower()
        for fact, kind in KINDS.items():
            if fact in self.open and mention(kind, getattr(facts, fact), language).search(said):
                self.open.discard(fact)

    def fill(self, template: Template) -> str:
        """The template's text, with blanks where it had gaps."""
        whole: list[tuple[str, str]] = []  # (slot of a function word, text)
        for optional, parts in template.groups:
            found: list[tuple[str, str]] = []
            taken: list[str] = []
            for slot, literal in parts:
                fact = FACT.get(slot)
                if not slot:
                    found.append(("", literal))
                elif slot == "noun":
                    found.append(("", self.facts.noun.text))
                elif fact is None:
                    found.append((slot, ""))
                else:
                    text = self.say(slot) if fact in self.open and fact not in taken else ""
                    if text:
                        taken.append(slot)
                    elif optional:
                        break
                    found.append(("", text))
            else:
                for slot in taken:
                    self._close(slot)
                whole += found
        return self._joined(whole) if template.agrees else "".join([text for _, text in whole])

    def _joined(self, parts: list[tuple[str, str]]) -> str:
        text = ""
        for slot, literal in reversed(parts):
            if not slot:
                text = literal + text
                continue
            word = function_word(self.language, slot, self.gender, text.lstrip())
            text = word + (text.lstrip() if word.endswith("'") else text)
        return text

    def _close(self, slot: str) -> None:
        fact = FACT[slot]
        if slot == "feature":
            self._features.pop(0)
            if self._features:
                return
        self.open -= {"size", "fit"} if fact in ("size", "fit") else {fact}

    def say(self, slot: str) -> str:
        """The words of a fact in a certain place; empty where they do not fit there."""
        facts = self.facts
        if slot in ("brand", "model"):
            return str(getattr(facts, slot))
        if slot == "of_brand":
            return of_brand(self.language, facts.brand)
        if slot in ("colour", "tinted", "colour_word"):
            return self._colour(slot)
        if slot in ("material", "made", "made_of", "material_word"):
            return self._material(slot)
        if slot == "before":
            return self._before()
        if slot == "audience":
            return agree(self._forms("audiences", facts.audience), self.gender)
        if slot in ("size", "fit"):
            return self._phrase("size", facts.size) if "fit" in self.open else facts.size
        if slot == "count":
            return self._phrase("count", str(facts.count))
        if slot == "feature":
            return self._feature()
        if slot == "features":
            return listed(self.language, [self._predicate(key) for key in self._features])
        return ", ".join(phrase.strip().rstrip(".") for phrase in facts.extra)

    def leftovers(self) -> list[str]:
        """What is still unsaid, as short phrases; all facts are said then."""
        found = []
        for fact in ORDER:
            if fact in self.open:
                slot = {"material": "made", "colour": "tinted"}.get(fact, fact)
                if fact == "features":
                    found += [self._predicate(key) for key in self._features]
                else:
                    found.append(self.say(slot))
        self.open.clear()
        return found

    def labelled(self) -> list[str]:
        """What is still unsaid, with labels such as "Material: wood"; all facts are said then."""
        found: list[str] = []
        colon = " : " if self.language == "fr" else ": "
        slots = {"material": "material_word", "colour": "colour_word"}
        for fact in ("brand", "model", "material", "colour", "size"):
            if fact in self.open and not (fact == "size" and "fit" in self.open):
                said = self.say(slots.get(fact, fact))
                if self.language == "de":
                    said = said[:1].upper() + said[1:]
                label = self._words.labels[fact, self.language].word(self.new, self._dice)
                if found and self.language != "de":
                    label = label[:1].lower() + label[1:]
                found.append(label + colon + said)
                self.open.discard(fact)
        return found + self.leftovers()

    def _forms(self, kind: str, key: str) -> Forms:
        pool = self._words.words.get((kind, key, self.language))
        return pool.word(self.new, self._dice) if pool else (key,)

    def _phrase(self, kind: str, word: str) -> str:
        pool = self._words.phrases[kind, self.language]
        return agree(pool.word(self.new, self._dice), self.gender).replace("{}", word)

    def _colour(self, slot: str) -> str:
        key, german = self.facts.colour, self.language == "de"
        names = self._words.names.get(key)
        if self._named is None:
            self._named = "" if names else key
            if names and self._dice.roll() < COLOUR_NAMES:
                self._named = names.word(self.new, self._dice)
        if self._named:
            if slot == "tinted":
                return self._phrase("tinted", self._named)
            return "" if german and slot == "colour" else self._named
        forms = self._forms("colours", key)
        if slot == "colour":
            if not german:
                return agree(forms, self.gender)
            return inflected(forms[-1], self.gender) if self.gender else ""
        word = forms[0]
        if slot == "tinted":
            if german:
                word = word[:1].upper() + word[1:]
            if word.startswith(("color ", "couleur ")):
                return word
            return self._phrase("tinted", word)
        return word.removeprefix("color ").removeprefix("couleur ")

    def _material(self, slot: str) -> str:
        word = self._forms("materials", self.facts.material)[0]
        if slot == "material_word" or (slot == "material" and self.language == "en"):
            return word
        if slot == "made_of":
            return {"es": "de", "fr": "en", "it": "in"}[self.language] + " " + word
        return self._phrase("made", word)

    def _before(self) -> str:
        pool = self._words.before.get((self.facts.audience, self.language))
        noun = self.facts.noun.text.lower()
        if pool is None or any(
            mention("audiences", key, self.language).search(noun) for key in read("audiences")
        ):
            return ""
        if self.language == "de":
            single = " " not in self.facts.noun.text and self.facts.noun.text[:1].isupper()
            return pool.word(self.new, self._dice) + "-" if single else ""
        return pool.word(self.new, self._dice) + " "

    def _predicate(self, key: str) -> str:
        return agree(self._forms("features", key), self.gender)

    def _feature(self) -> str:
        text = self._predicate(self._features[0])
        if self.language == "de":
            return inflected(text, self.gender) if self.gender and not _STAYS.match(text) else ""
        return "" if self.language == "en" and _LOOSE.match(text) else text
