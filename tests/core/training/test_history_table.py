import csv
import io
import math

import numpy as np

from vae_widgets.core.training.history import TrainingHistory


def read(text):
    """Rows of numbers by column; None for an empty field."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: float(of) if of else None for name, of in row.items()} for row in rows]


def test_a_history_as_csv_has_the_values_of_its_dict():
    history = TrainingHistory()
    for epoch in range(3):
        history.begin_epoch(epoch)
        for batch in range(4):
            history.log_batch(batch, {"loss": 1 / (1 + epoch + batch), 'a, "b"\n': math.nan})
        history.log_epoch(
            epoch, {"loss": 1 / 3 + epoch} | ({"val_loss": math.inf} if epoch else {})
        )
    record = history.to_dict()
    steps = record.pop("steps")
    rows = read(history.to_csv())
    assert list(rows[0]) == ["epoch", "step", "loss", "val_loss", 'a, "b"\n']
    epochs, others = rows[:3], rows[3:]
    for table, part in ((record, epochs), (steps, others)):
        for name in rows[0]:
            expected = table.get(name, [None] * len(part))
            np.testing.assert_equal([row[name] for row in part], expected)


def test_a_metric_whose_name_is_a_formula_is_text_in_a_spreadsheet():
    history = TrainingHistory()
    history.log_step(1, {"=1+1": -0.5})
    assert history.to_csv() == "step,'=1+1\r\n1,-0.5\r\n"


def test_a_run_without_epochs_as_csv_has_steps_alone():
    history = TrainingHistory()
    history.log_step(2, {"loss": 0.1})
    history.log_step(2.5, {"kl_loss": 1e-300})
    assert history.to_csv() == "step,loss,kl_loss\r\n2,0.1,\r\n2.5,,1e-300\r\n"
