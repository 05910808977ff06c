import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vae_widgets as vw
from vae_widgets.core.vocabulary import Vocabulary

SMILES = ["CCO", "C[C@@H](N)C(=O)O", "c1ccccc1Br", "ClC%12CC%12"]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=9))
def test_decoding_undoes_encoding(strings):
    vocabulary = Vocabulary.fit(strings)
    assert vocabulary.decode(vocabulary.encode(strings)) == strings


@given(
    st.lists(st.text("CNOBrl[@H]()=#%123 \n", max_size=20), min_size=1, max_size=9),
    st.sampled_from([None, Vocabulary.SMILES, r"\w+", "(C|Cl)+", "N"]),
)
def test_no_pattern_loses_a_character(strings, pattern):
    vocabulary = Vocabulary.fit(strings, pattern=pattern)
    assert vocabulary.decode(vocabulary.encode(strings)) == strings


def test_atoms_of_two_letters_and_in_brackets_are_one_token():
    vocabulary = Vocabulary.fit(SMILES, pattern=Vocabulary.SMILES)
    assert vocabulary.split("C[C@@H](Br)Cl%12") == ["C", "[C@@H]", "(", "Br", ")", "Cl", "%12"]
    assert vocabulary.sample_shape == (11,)  # C [C@@H] ( N ) C ( = O ) O
    assert vocabulary.tokens == tuple(sorted(vocabulary.tokens))
    assert len(vocabulary) == len(vocabulary.tokens) + 2


def test_numbers_of_tokens_and_padding():
    vocabulary = Vocabulary(["a", "b"], length=4)
    np.testing.assert_array_equal(vocabulary.encode(["ba", ""]), [[3, 2, 0, 0], [0, 0, 0, 0]])
    assert vocabulary.encode(np.array(["ab"])).dtype == np.int32
    assert vocabulary.encode(pd.Series(["ab"])).tolist() == [[2, 3, 0, 0]]
    # A decoder may put padding anywhere, and gives floats.
    assert vocabulary.decode(np.float32([[0, 3, 0, 2], [1, 2, 0, 0]])) == ["ba", "?a"]


def test_unknown_tokens_are_told():
    vocabulary = Vocabulary.fit(["ab", "abc", "abz"], min_count=2)
    assert vocabulary.tokens == ("a", "b")
    with pytest.warns(UserWarning, match="not in the vocabulary.*2 in all: 'c', 'z'"):
        encoded = vocabulary.encode(["abc", "abz"])
    assert vocabulary.decode(encoded, unknown="*") == ["ab*", "ab*"]


def test_longer_strings_are_refused_or_cut():
    vocabulary = Vocabulary.fit(["ab"])
    with pytest.raises(ValueError, match=r"strings\[1\] has 3 tokens, 'aba'; .* length=3 or more"):
        vocabulary.encode(["a", "aba"])
    assert vocabulary.decode(vocabulary.encode(["aba"], truncate=True)) == ["ab"]
    longer = Vocabulary.fit(["ab"], length=3)  # as the message says
    assert longer.decode(longer.encode(["aba"])) == ["aba"]


def test_a_tokenizer_of_ones_own_and_what_a_file_keeps_of_it(tmp_path):
    words = ["the cat sat", "the dog"]
    vocabulary = Vocabulary.fit(words, tokenizer=str.split, joiner=" ")
    assert vocabulary.decode(vocabulary.encode(words)) == words
    vocabulary.save(tmp_path / "words.json")
    loaded = Vocabulary.load(tmp_path / "words.json")
    assert loaded == vocabulary
    assert loaded.decode(vocabulary.encode(words)) == words
    with pytest.raises(RuntimeError, match=r"'str.split'.* vocabulary.tokenizer = "):
        loaded.encode(words)
    loaded.tokenizer = str.split
    np.testing.assert_array_equal(loaded.encode(words), vocabulary.encode(words))


def test_it_is_the_same_after_a_file(tmp_path):
    vocabulary = Vocabulary.fit([*SMILES, "é∆"], pattern=Vocabulary.SMILES)
    vocabulary.save(tmp_path / "v.json")
    loaded = Vocabulary.load(tmp_path / "v.json")
    assert loaded == vocabulary
    np.testing.assert_array_equal(loaded.encode(SMILES), vocabulary.encode(SMILES))
    (tmp_path / "bad.json").write_text('{"tokens": 3}')
    with pytest.raises(ValueError, match="holds no vocabulary"):
        Vocabulary.load(tmp_path / "bad.json")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Vocabulary.fit("abc"), TypeError, r"For one string pass \[string\]"),
        (lambda: Vocabulary.fit([]), ValueError, "strings is empty"),
        (lambda: Vocabulary.fit(["a", None]), TypeError, r"strings\[1\] is None, a NoneType"),
        (lambda: Vocabulary.fit(["a"], pattern="("), ValueError, "no regular expression"),
        (lambda: Vocabulary.fit(["a"], pattern="a*"), ValueError, "may match the empty text"),
        (lambda: Vocabulary.fit(["a"], paterns="a"), TypeError, "did you mean 'pattern'"),
        (lambda: Vocabulary.fit(["a"], tokenizer=3), TypeError, "tokenizer must be a function"),
        (lambda: Vocabulary(["a", "a"], 2), ValueError, "tokens has 'a' more than once"),
        (lambda: Vocabulary(["a", ""], 2), TypeError, "not empty"),
        (lambda: Vocabulary(["a"], 0), ValueError, "length must be at least 1"),
        (lambda: Vocabulary(["a"], 2).decode([[7, 0]]), ValueError, "tokens 0 to 2"),
        (lambda: Vocabulary(["a"], 2).decode([2, 0]), ValueError, r"tokens\[np.newaxis\]"),
    ],
)
def test_wrong_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_pattern_pasted_with_its_groups():
    published = re.compile(f"({Vocabulary.SMILES})")
    vocabulary = vw.Vocabulary.fit(SMILES, pattern=published.pattern)
    assert vocabulary.split(SMILES[1]) == published.findall(SMILES[1])
