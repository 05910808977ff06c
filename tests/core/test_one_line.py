from vae_widgets.core.one_line import one_line, sentence


def test_a_text_becomes_one_line_without_commands_to_a_terminal():
    assert one_line("a\n b\t c") == "a b c"
    assert one_line("red \x1b[31m") == "red \ufffd[31m"
    assert len(one_line("x" * 9999)) == 2000


def test_an_error_ends_with_one_full_stop():
    assert sentence(ValueError("no\nfile.")) == sentence(ValueError("no file")) == "no file."
