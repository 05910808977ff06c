import numpy as np

import vae_widgets as vw
from vae_widgets.widgets.curve_plot import Axis, Band, CurvePlot, Line, Points, Rule
from vae_widgets.widgets.curve_plot.figure import CurveFigure, Style
from vae_widgets.widgets.exported_page.contents import PageContents
from vae_widgets.widgets.traits.array import array_from_json

STYLES = [Style(True, 1), Style(False, 2)]
NOTHING = np.zeros(0)


def line(name, y, **look):
    return Line(name, "#3f90da", np.arange(len(y), dtype=float), np.asarray(y, float), **look)


def plot(*lines, **parts):
    return CurvePlot("Title", Axis("x", (0.0, 3.0)), Axis("y", (0.0, 9.0)), lines, **parts)


def test_a_plot_as_json_holds_every_number_once():
    made = plot(
        line("a", [1, 4, np.nan, 9]),
        line("empty", []),
        band=Band("b", "#94a4a2", np.arange(2.0), np.zeros(2), np.ones(2)),
        rules=(Rule(1.5, "half"),),
    ).to_json()
    assert [one["name"] for one in made["lines"]] == ["a"]  # nothing to draw of the other
    np.testing.assert_array_equal(array_from_json(made["lines"][0]["y"]), [1, 4, np.nan, 9])
    assert array_from_json(made["band"]["high"]).tolist() == [1, 1]
    assert made["rules"] == [{"x": 1.5, "text": "half"}]
    assert made["x"]["domain"] == (0.0, 3.0)
    assert made["points"] is None
    assert made["margin"] == {"top": 36, "right": 16, "bottom": 40, "left": 48}


def test_marks_stay_and_only_what_has_changed_is_sent():
    figure = CurveFigure(plot(), STYLES)
    marks = list(figure.marks)
    first = plot(line("a", [1, 2, 3]), line("b", [4, 5], dashed=True, width=1))
    for send in figure.plan(first):
        send()
    assert figure.plan(first) == []
    assert figure.lines[False, 2].y.tolist() == [1, 2, 3]
    assert figure.lines[True, 1].y.tolist() == [4, 5]
    assert len(figure.plan(plot(line("a", [1, 2, 4]), first.lines[1]))) == 1
    assert list(figure.marks) == marks


def test_a_line_that_is_gone_leaves_a_row_that_is_not_seen():
    figure = CurveFigure(plot(), STYLES)
    figure.draw(lines=(line("a", [1, 2, 3]), line("b", [4, 5])))
    assert figure.lines[False, 2].y.tolist() == [[1, 2, 3], [4, 5, 5]]
    figure.draw(lines=(line("b", [4, 5]),))
    mark = figure.lines[False, 2]
    assert mark.opacities == [1.0, 0.0]
    assert mark.y[0].tolist() == [4, 5]
    assert set(mark.y[1]) == {5}  # within the range of the others


def test_points_without_a_place_are_on_a_line_where_the_axis_follows_the_data():
    points = Points("best", "#e76300", NOTHING, NOTHING)
    figure = CurveFigure(CurvePlot("", Axis(), Axis(), points=points), STYLES)
    figure.draw(lines=(line("a", [700, 800]),))
    assert (figure.points.visible, figure.points.y.tolist()) == (False, [700])
    # bqplot would log an error for a point at NaN.
    figure.draw(lines=(line("a", [np.nan]), line("b", [np.nan, 900, 950])))
    assert (figure.points.x.tolist(), figure.points.y.tolist()) == ([1], [900])
    figure.draw(lines=(line("a", [np.nan, np.nan]),))
    assert np.isfinite([*figure.points.x, *figure.points.y]).all()


def test_moved_points_are_those_of_the_plot_and_stay_where_another_part_changes():
    points = Points("best", "#e76300", NOTHING, NOTHING)
    figure = CurveFigure(CurvePlot("", Axis(), Axis(), points=points), STYLES)
    figure.draw(lines=(line("a", [700, 800]),))

    def places():
        of_plot = figure.plot.points
        assert of_plot.x.tolist() == figure.points.x.tolist()
        assert of_plot.y.tolist() == figure.points.y.tolist()
        return figure.points.visible, *zip(of_plot.x, of_plot.y, strict=True)

    for x, y in ((1.0, 750.0), (0.5, 700.0)):  # hidden at first, then seen
        figure.move_points(np.array([x]), np.array([y]))
        assert places() == (True, (x, y))
    figure.draw(title="Other")
    assert places() == (True, (0.5, 700.0))
    figure.move_points(NOTHING, NOTHING)
    assert not figure.points.visible
    assert not figure.plot.points.x.size
    figure.move_points(np.ones(1), np.ones(1))
    figure.draw(points=points)
    assert not figure.points.visible


def test_an_exported_page_has_the_plot_and_follows_the_point_that_it_moves():
    histogram = vw.AnomalyHistogram(np.arange(20.0), np.arange(20) > 15, threshold=12.0)
    curves = histogram._view.curves
    page = PageContents()
    page.add(histogram)
    for figure, model in zip(figures_of(curves), curves.points, strict=True):
        carried = page.models[figure.model_id]
        assert "render" in page.modules[carried["module"]]
        points = carried["state"]["plot"]["points"]
        assert points["follows"] == f"IPY_MODEL_{model.model_id}"
        assert page.models[model.model_id]["state"]["x"] == points["x"]
    recall, cost = (figures_of(curves)[i].plot.points for i in (0, 2))
    metrics = histogram.metrics
    assert (recall.x.item(), recall.y.item()) == (metrics["recall"], metrics["precision"])
    # By hand: 4 normal samples are flagged, and no anomalous one is missed.
    assert (cost.x.item(), cost.y.item()) == (12.0, 4 / 20)


def figures_of(curves):
    return [panel.figure for panel in curves._panels.values()]
