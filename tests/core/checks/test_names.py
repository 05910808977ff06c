import numpy as np
import pytest

from vae_widgets.core import checks


def test_a_misspelt_keyword_names_the_nearest_right_one():
    @checks.suggest_keywords
    def build(latent_dim=2, beta=1.0):
        return latent_dim, beta

    assert build(3, beta=2.0) == (3, 2.0)
    with pytest.raises(TypeError, match=r"build got an unknown keyword 'laten_dim'.*'latent_dim'"):
        build(laten_dim=3)
    with pytest.raises(TypeError, match=r"expected one of: latent_dim, beta\."):
        build(zzz=3)


def test_a_misspelt_keyword_of_a_method_names_the_users_class():
    class Base:
        @checks.suggest_keywords
        def fit(self, epochs=1):
            return epochs

    class Mine(Base):
        pass

    assert Mine().fit(epochs=3) == 3
    with pytest.raises(TypeError, match=r"Mine\.fit got an unknown keyword 'epoch'.*'epochs'"):
        Mine().fit(epoch=3)


def test_a_misspelt_choice_names_the_nearest_right_one():
    assert checks.one_of("method", "slerp", ["slerp", "linear"]) == "slerp"
    with pytest.raises(ValueError, match=r"method is 'slurp'; did you mean 'slerp'\?"):
        checks.one_of("method", "slurp", ["slerp", "linear"])


def test_an_empty_choice_is_shown_as_one():
    with pytest.raises(ValueError, match=r"mark is 'true'; expected one of: normal, ''\."):
        checks.one_of("mark", "true", ["normal", ""])


def test_what_is_no_text_is_none_of_the_choices():
    with pytest.raises(ValueError, match=r"method is array.*expected one of: mad, f1"):
        checks.one_of("method", np.array(["mad", "f1"]), ["mad", "f1"])
