from xml.etree import ElementTree

import numpy as np
import pytest

from vae_widgets.core.vocabulary import Vocabulary
from vae_widgets.rendering import TextRenderer, render_compared

VOCABULARY = Vocabulary(list("abc"), length=5)


def colours(tile):
    return {tuple(pixel) for pixel in tile[..., :3].reshape(-1, 3)} - {(255, 255, 255)}


def cell(tile, line, column):
    """The pixels of one character."""
    return tile[2 + 11 * line :][:11, 2 + 6 * column :][:, :6]


def test_tokens_and_texts_are_drawn_alike():
    tiles = TextRenderer(VOCABULARY)([[2, 3, 0, 0, 0], [4, 4, 2, 0, 0]])
    np.testing.assert_array_equal(tiles, TextRenderer()(["ab", "cca"]))
    assert tiles.shape == (2, 70, 88, 4)
    assert tiles.dtype == np.uint8


def test_characters_stand_in_lines():
    tile = TextRenderer(columns=4, lines=2)(["abcab"])[0]
    np.testing.assert_array_equal(cell(tile, 0, 0), cell(tile, 0, 3))  # a
    np.testing.assert_array_equal(cell(tile, 0, 1), cell(tile, 1, 0))  # b
    assert (cell(tile, 1, 1) == 255).all()


def test_a_long_text_ends_in_dots_and_the_detail_has_all_of_it():
    renderer = TextRenderer(columns=4, lines=2)
    tile = renderer(["a" * 20])[0]
    dots = [cell(tile, 1, column) for column in (1, 2, 3)]
    np.testing.assert_array_equal(dots[0], dots[2])
    assert not np.array_equal(dots[0], cell(tile, 1, 0))
    assert renderer.detail("a" * 20) == f"<code>{'a' * 20}</code>"


def test_what_differs_is_red_and_what_agrees_is_grey():
    x = np.array([[2, 3, 4, 0, 0]] * 3)
    x_hat = np.array([[2, 3, 4, 0, 0], [2, 2, 4, 0, 0], [2, 3, 4, 4, 0]])
    same, other, longer = render_compared(TextRenderer(VOCABULARY), x, x_hat)[6:]
    red, grey = (189, 31, 1), (178, 178, 178)
    assert colours(same) == {grey}
    assert colours(cell(other, 0, 1)) == {red}
    assert colours(cell(other, 0, 0)) == colours(cell(other, 0, 2)) == {grey}
    assert colours(cell(longer, 0, 3)) == {red}  # a token too many


def test_text_from_data_is_text_and_letters_of_all_alphabets_are_drawn():
    assert TextRenderer().detail("<b>&") == "<code>&lt;b&gt;&amp;</code>"
    for letter in "é漢Ωя":
        assert colours(TextRenderer()([letter])[0])


def test_words_are_joined_as_the_vocabulary_says():
    vocabulary = Vocabulary.fit(["the cat"], tokenizer=str.split, joiner=" ")
    renderer = TextRenderer(vocabulary)
    assert renderer.detail(vocabulary.encode(["the cat"])[0]) == "<code>the cat</code>"
    np.testing.assert_array_equal(
        renderer(vocabulary.encode(["the cat"])), TextRenderer()(["the cat"])
    )


def test_wrong_input_is_named():
    with pytest.raises(TypeError, match=r"expected texts \(n,\).*TextRenderer\(vocabulary\)"):
        TextRenderer()([[2, 3]])
    with pytest.raises(TypeError, match="vocabulary must be a Vocabulary; received dict"):
        TextRenderer({})
    with pytest.raises(ValueError, match="needs tokens 0 to 4"):
        TextRenderer(VOCABULARY)([[9, 0, 0, 0, 0]])


def test_the_drawing_has_the_characters_of_the_tile_where_they_are():
    renderer = TextRenderer(columns=4, lines=2)
    drawing = ElementTree.fromstring(renderer.svg("<b>a & bc"))
    assert (drawing.get("width"), drawing.get("height")) == ("28", "26")
    lines = list(drawing.iter("{http://www.w3.org/2000/svg}text"))
    assert [line.text for line in lines] == ["<b>a", " ..."]
    for line in lines:
        middles = [float(x) for x in line.get("x").split()]
        assert middles == [2 + 6 * k + 3 for k in range(len(line.text))]
    tops = [float(line.get("y")) for line in lines]
    assert tops[1] - tops[0] == pytest.approx(11)
    # XML has no place for such a character.
    assert ElementTree.fromstring(TextRenderer().svg("a\x00b"))[1][0].text == "a\ufffdb"
    # As in the tile: tokens of a vocabulary, without padding.
    assert TextRenderer(VOCABULARY).svg([2, 3, 0, 0, 0]) == TextRenderer().svg("ab")
