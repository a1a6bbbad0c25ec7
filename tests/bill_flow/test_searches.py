"""The tables of searches: the source's lists in its order, the others in their place (A3)."""

from bill_flow.searches import APPROVAL, DISTRIBUTION, TREATMENT, field_sets

LETTERS = {"division": "d", "traffic_type": "y", "traffic": "t", "supplier": "s", "document": "x"}


def told(table):
    return [
        ("".join(LETTERS[field.value] for field in search.fields), search.number)
        for search in table.searches
    ]


def test_distribution_lists_the_eight_searches_in_order():
    listed = [row for row in told(DISTRIBUTION) if row[1]]
    fields = ["y", "t", "s", "d", "dy", "dt", "ds", "dts"]
    assert listed == list(zip(fields, range(1, 9), strict=True))


def test_treatment_lists_the_eleven_searches_in_order():
    listed = [row for row in told(TREATMENT) if row[1]]
    fields = ["t", "s", "ts", "ys", "ds", "sx", "dx", "tsx", "ysx", "dsx", "dtsx"]
    assert listed == list(zip(fields, range(1, 12), strict=True))


def test_unlisted_searches_of_distribution_follow_their_longest_listed_subset():
    assert told(DISTRIBUTION) == [
        ("y", 1), ("t", 2), ("s", 3), ("ys", None), ("ts", None), ("d", 4), ("dy", 5), ("dt", 6),
        ("ds", 7), ("dys", None), ("dts", 8), ("", None),
    ]  # fmt: skip


def test_unlisted_searches_of_treatment_follow_their_longest_listed_subset():
    assert told(TREATMENT) == [
        ("", None), ("d", None), ("y", None), ("x", None), ("dy", None), ("yx", None),
        ("t", 1), ("dt", None), ("tx", None), ("s", 2), ("ts", 3), ("ys", 4),
        ("ds", 5), ("dys", None), ("dts", None), ("sx", 6),
        ("dx", 7), ("dyx", None), ("dtx", None), ("tsx", 8), ("ysx", 9),
        ("dsx", 10), ("dysx", None), ("dtsx", 11),
    ]  # fmt: skip


def test_approval_goes_from_the_weakest_to_the_most_specific_set():
    assert [row[0] for row in told(APPROVAL)] == [
        "", "d", "y", "t", "s", "dy", "dt", "ds", "ys", "ts", "dys", "dts",
    ]  # fmt: skip


def test_every_combination_has_a_place_in_its_table():
    for table, document, size in ((DISTRIBUTION, False, 12), (TREATMENT, True, 24)):
        assert len(table.searches) == size
        assert {frozenset(s.fields) for s in table.searches} == set(field_sets(document))
        assert all(table.of(search.fields) is search for search in table.searches)
        assert [s.position for s in table.searches] == list(range(1, size + 1))
