"""Strings as rows of whole numbers, and back."""

import json
import math
import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.atomic_file import atomic_file, read_file
from vae_widgets.core.strict_json import read_json

_LONGEST_PATTERN = 10_000
_MOST_REPEATS = 10_000  # nested counts multiply the memory and time of an expression

Tokenizer = Callable[[str], Sequence[str]]

SMILES = (
    r"\[[^\]]+\]|Br?|Cl?|N|O|S|P|F|I|b|c|n|o|s|p|\(|\)|\.|=|#|-|\+|\\|/|:|~|@|\?|>|\*|\$|%[0-9]{2}"
    r"|[0-9]"
)
"""Tokens of SMILES: atoms, also those in brackets, bonds, branches and rings. The expression is of
P. Schwaller et al., "Molecular Transformer", 2019 (arXiv:1811.02633)."""


class Vocabulary:
    """The tokens that strings are made of, each with its number: 0 is padding, 1 is unknown.

    `fit` makes one from strings; `encode` and `decode` go to and from the rows that a VAE with the
    categorical likelihood takes.

    Parameters
    ----------
    tokens
        The tokens without repetition, numbered in this order from 2 on.
    length
        Number of tokens in a row.
    pattern
        Regular expression that matches one token, such as `SMILES`. Each character that it does not
        match is a token. None makes every character a token.
    tokenizer
        A function from a string to its tokens, such as ``str.split``, instead of `pattern`. It is
        not saved: assign it to ``vocabulary.tokenizer`` after loading.
    joiner
        What `decode` puts between two tokens, such as ``" "`` for words.

    Attributes
    ----------
    padding, unknown : int
        Numbers of the two special tokens: 0 and 1.
    SMILES : str
        A `pattern` for molecules in SMILES notation.

    Examples
    --------
    >>> vocabulary = Vocabulary.fit(["CCO", "CCBr"], pattern=Vocabulary.SMILES)
    >>> vocabulary.tokens
    ('Br', 'C', 'O')
    >>> vocabulary.encode(["CBr", "O"])
    array([[3, 2, 0],
           [4, 0, 0]], dtype=int32)
    >>> vocabulary.decode([[3, 2, 0], [4, 0, 0]])
    ['CBr', 'O']
    >>> vae = vw.VAE.build(                                         # doctest: +SKIP
    ...     vocabulary.sample_shape,
    ...     architecture="sequence",
    ...     likelihood="categorical",
    ...     n_classes=len(vocabulary),
    ... )
    """

    padding = 0
    unknown = 1
    SMILES = SMILES

    @checks.suggest_keywords
    def __init__(
        self,
        tokens: Iterable[str],
        length: int,
        *,
        pattern: str | None = None,
        tokenizer: Tokenizer | None = None,
        joiner: str = "",
    ) -> None:
        if isinstance(tokens, str):
            raise TypeError(f"tokens must be a sequence of texts; received {tokens!r:.100}.")
        self.tokens = tuple(tokens)
        for token in self.tokens:
            if not isinstance(token, str) or not token:
                raise TypeError(
                    f"tokens must be texts that are not empty; received {token!r:.100}."
                )
        repeated = [token for token, count in Counter(self.tokens).items() if count > 1]
        if repeated:
            raise ValueError(f"tokens has {repeated[0]!r} more than once; expected each once.")
        self.length = checks.positive_int("length", length)
        self.pattern, self._expression = pattern, _expression(pattern)
        if not isinstance(joiner, str):
            raise TypeError(f"joiner must be a text; received {joiner!r:.100}.")
        self.joiner = joiner
        if tokenizer is not None and pattern is not None:
            raise ValueError("pattern and tokenizer were both given; expected one.")
        self._lost_tokenizer = ""
        self.tokenizer = tokenizer
        self._numbers = {token: i for i, token in enumerate(self.tokens, start=2)}

    @classmethod
    @checks.suggest_keywords
    def fit(
        cls,
        strings: Iterable[str],
        *,
        pattern: str | None = None,
        tokenizer: Tokenizer | None = None,
        joiner: str = "",
        length: int | None = None,
        min_count: int = 1,
    ) -> Self:
        """Make the vocabulary of strings.

        Parameters
        ----------
        strings
            Texts (n,): a list, an array or a Series.
        pattern, tokenizer, joiner
            As for `Vocabulary`.
        length
            Number of tokens in a row; None takes that of the longest string.
        min_count
            Rarer tokens are left out.

        Returns
        -------
        Vocabulary
            Its tokens are in alphabetical order.
        """
        min_count = checks.positive_int("min_count", min_count)
        made = cls((), 1, pattern=pattern, tokenizer=tokenizer, joiner=joiner)
        counts: Counter[str] = Counter()
        longest = 1
        for string in _strings(strings):
            parts = made.split(string)
            counts.update(parts)
            longest = max(longest, len(parts))
        tokens = sorted(token for token, count in counts.items() if count >= min_count)
        return cls(
            tokens,
            longest if length is None else length,
            pattern=pattern,
            tokenizer=tokenizer,
            joiner=joiner,
        )

    def __len__(self) -> int:
        """Return the number of tokens with padding and unknown: the `n_classes` of a VAE."""
        return len(self.tokens) + 2

    @property
    def sample_shape(self) -> tuple[int]:
        """Shape of one encoded string, (length,)."""
        return (self.length,)

    @property
    def tokenizer(self) -> Tokenizer | None:
        """Your own function from a string to its tokens, or None."""
        return self._tokenizer

    @tokenizer.setter
    def tokenizer(self, value: Tokenizer | None) -> None:
        if value is not None and not callable(value):
            raise TypeError(f"tokenizer must be a function; received {type(value).__name__}.")
        self._tokenizer = value

    def split(self, string: str) -> list[str]:
        """Return the tokens of one string, as texts."""
        if self._tokenizer is not None:
            parts = list(self._tokenizer(string))
            if not all(isinstance(part, str) for part in parts):
                raise TypeError("tokenizer must return texts; it returned something else.")
            return parts
        if self._lost_tokenizer:
            raise RuntimeError(
                f"this vocabulary was saved with a tokenizer of your own, {self._lost_tokenizer!r},"
                " which a file cannot hold. Assign it first: vocabulary.tokenizer = ..."
            )
        if self._expression is None:
            return list(string)
        return [found.group() for found in self._expression.finditer(string)]

    @checks.suggest_keywords
    def encode(self, strings: Iterable[str], truncate: bool = False) -> NDArray[np.int32]:
        """Turn strings into rows of token numbers.

        Parameters
        ----------
        strings
            Texts (n,): a list, an array or a Series.
        truncate
            Cut off what is longer than `length`.

        Returns
        -------
        ndarray
            int32 (n, length), with padding at the end.

        Raises
        ------
        ValueError
            If a string has more than `length` tokens, and `truncate` is False.

        Warns
        -----
        UserWarning
            If a string has a token that is not in the vocabulary; it is encoded as unknown.
        """
        rows = _strings(strings)
        encoded = np.full((len(rows), self.length), self.padding, np.int32)
        missing: Counter[str] = Counter()
        for i, string in enumerate(rows):
            parts = self.split(string)
            if len(parts) > self.length and not truncate:
                raise ValueError(
                    f"strings[{i}] has {len(parts)} tokens, {string!r:.60}; this vocabulary has "
                    f"rows of {self.length}. Fit it with length={len(parts)} or more, or pass "
                    "truncate=True."
                )
            parts = parts[: self.length]
            numbers = [self._numbers.get(part, self.unknown) for part in parts]
            encoded[i, : len(parts)] = numbers
            missing.update(part for part in parts if part not in self._numbers)
        if missing:
            names = ", ".join(repr(token) for token, _ in missing.most_common(5))
            warnings.warn(
                f"tokens that are not in the vocabulary were encoded as unknown, "
                f"{missing.total()} in all: "
                f"{names}{', ...' if len(missing) > 5 else ''}. Fit it on all strings to keep "
                "them.",
                stacklevel=3,
            )
        return encoded

    @checks.suggest_keywords
    def decode(self, tokens: ArrayLike, unknown: str = "?") -> list[str]:
        """Turn rows of token numbers into strings.

        Parameters
        ----------
        tokens
            Numbers (n, length) of any dtype.
        unknown
            Stands for the unknown token.
        """
        return [self.joiner.join(self.texts(row, unknown)) for row in self.numbers(tokens)]

    def texts(self, row: ArrayLike, unknown: str = "?") -> list[str]:
        """Return the tokens of one row of numbers as texts, without padding."""
        names = ("", unknown, *self.tokens)
        return [names[number] for number in np.asarray(row).tolist() if number != self.padding]

    def numbers(self, tokens: ArrayLike) -> NDArray[np.int64]:
        """Return rows of token numbers as int64 (n, length), or raise ``ValueError``."""
        array = checks.float_array("tokens", tokens, np.float64)
        if array.ndim != 2:
            raise ValueError(
                f"tokens has shape {array.shape}; expected (n, length). For one row pass "
                "tokens[np.newaxis]."
            )
        checks.tokens("tokens", array, len(self), "this vocabulary")
        return array.astype(np.int64)

    def to_json(self) -> dict[str, Any]:
        """Return all that a file can hold, for `from_json`."""
        own = self._tokenizer
        return {
            "tokens": list(self.tokens),
            "length": self.length,
            "pattern": self.pattern,
            "joiner": self.joiner,
            "tokenizer": getattr(own, "__qualname__", type(own).__name__)
            if own is not None
            else self._lost_tokenizer or None,
        }

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Make the vocabulary that `to_json` described, or raise ``TypeError``, ``ValueError``."""
        expected = {"tokens", "length", "pattern", "joiner", "tokenizer"}
        if not isinstance(content, dict) or set(content) != expected:
            raise ValueError(f"expected a vocabulary with {', '.join(sorted(expected))}.")
        tokens, lost = content["tokens"], content["tokenizer"]
        if not isinstance(tokens, list):
            raise TypeError("expected the tokens of a vocabulary as a list.")
        if lost is not None and not isinstance(lost, str):
            raise TypeError("expected the name of a tokenizer.")
        made = cls(tokens, content["length"], pattern=content["pattern"], joiner=content["joiner"])
        made._lost_tokenizer = lost or ""
        return made

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as a ``.json`` file, whole or not at all."""
        with atomic_file(path, ".json") as file:
            file.write(json.dumps(self.to_json(), ensure_ascii=False, indent=1).encode())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            If the file holds no vocabulary.
        OSError
            If there is no such file.
        """
        content = read_file(path)
        try:
            return cls.from_json(read_json(content))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path} holds no vocabulary: {error}") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Vocabulary of {len(self.tokens)} tokens, rows of {self.length}>"


def _expression(pattern: str | None) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    if not isinstance(pattern, str):
        raise TypeError(f"pattern must be a regular expression as text; received {pattern!r:.100}.")
    counts = [int(n) for n in re.findall(r"[{,](\d{1,9})(?=[,}])", pattern)]
    if len(pattern) > _LONGEST_PATTERN or math.prod(counts) > _MOST_REPEATS:
        raise ValueError(
            f"pattern is {pattern!r:.100}; expected at most {_LONGEST_PATTERN:,} characters, and "
            f"counts in braces whose product is at most {_MOST_REPEATS:,}."
        )
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"pattern is {pattern!r:.100}, no regular expression: {error}. To split at characters "
            "that have a meaning there, escape them with re.escape."
        ) from None
    # A match with the empty text could take for ever. `re` has no public way to ask for its width.
    if re._parser.parse(pattern).getwidth()[0] == 0:  # type: ignore[attr-defined]  # noqa: SLF001
        raise ValueError(
            f"pattern is {pattern!r:.100}, which may match the empty text; expected one token "
            "or more characters."
        )
    return re.compile(f"{pattern}|.", re.DOTALL)


def _strings(value: Iterable[str]) -> list[str]:
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise TypeError(
            f"strings must be a sequence of texts; received {value!r:.100}. For one string pass "
            "[string]."
        )
    rows = list(value)
    if not rows:
        raise ValueError("strings is empty; expected at least one text.")
    for i, row in enumerate(rows):
        if not isinstance(row, str):
            raise TypeError(
                f"strings[{i}] is {row!r:.60}, a {type(row).__name__}; expected a text. Drop or "
                "convert it first."
            )
    return rows
