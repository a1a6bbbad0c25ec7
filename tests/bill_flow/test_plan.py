"""Plans: four eyes, substitutes, dispatchers; never an empty level (A17)."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bill_flow.errors import RuleError
from bill_flow.plan import Level, Plan, Substitution, make_plan

ANA, BETO, CARLA, DANI = 1, 2, 3, 4


def level(number, *persons, any_of=False):
    return Level(number, frozenset(persons), any_of)


def made(*levels, **options):
    options = {
        key: frozenset(value) if isinstance(value, set) else value for key, value in options.items()
    }
    return make_plan(levels, **options)


def test_who_treated_the_bill_is_not_asked():
    plan = made(level(1, ANA, BETO), treated_by={ANA}, substitutes={ANA: DANI})
    assert plan.levels == (level(1, BETO),), "the others of the level are enough"
    assert plan.substitutions == (Substitution(1, ANA, None, "treated"),)
    assert made(level(1, ANA), treated_by={ANA}, four_eyes=False).levels == (level(1, ANA),)


def test_an_emptied_level_goes_to_the_substitute_else_to_the_dispatchers():
    plan = made(level(1, ANA), treated_by={ANA}, substitutes={ANA: DANI}, dispatcher={CARLA})
    assert plan.levels == (level(1, DANI),)
    for substitutes in ({}, {ANA: None}, {ANA: ANA}):
        plan = made(level(1, ANA), treated_by={ANA}, substitutes=substitutes, dispatcher={CARLA})
        assert plan.levels == (level(1, CARLA, any_of=True),)


def test_nobody_left_is_an_error_and_not_an_approval():
    for dispatcher in (set(), {ANA}):
        with pytest.raises(RuleError) as caught:
            made(level(1, CARLA), level(2, ANA), treated_by={ANA}, dispatcher=dispatcher)
        assert (caught.value.code, caught.value.facts) == ("no_approver", {"level": 2})
    with pytest.raises(RuleError):
        made(level(1))


def test_an_absent_person_gives_way_to_a_usable_substitute():
    absent = {"absent": {ANA}}
    assert made(level(1, ANA, BETO), substitutes={ANA: DANI}, **absent).levels[0].persons == {
        BETO, DANI,
    }  # fmt: skip
    on_level = made(level(1, ANA, BETO), substitutes={ANA: BETO}, **absent)
    assert on_level.levels[0].persons == {ANA, BETO}, "one person does not stand for two"
    treater = made(level(1, ANA, BETO), substitutes={ANA: DANI}, treated_by={DANI}, **absent)
    assert treater.levels[0].persons == {ANA, BETO}
    away = made(level(1, ANA), substitutes={ANA: DANI}, absent={ANA, DANI})
    assert away.levels[0].persons == {ANA}


def test_levels_of_one_number_are_joined_and_sorted():
    assert made(level(2, ANA), level(1, BETO), level(2, CARLA)).levels == (
        level(1, BETO),
        level(2, ANA, CARLA),
    )


people = st.frozensets(st.integers(1, 6))


@settings(max_examples=150, deadline=None)
@given(
    levels=st.lists(st.builds(Level, st.integers(1, 3), people), max_size=4),
    treated_by=people,
    four_eyes=st.booleans(),
    substitutes=st.dictionaries(st.integers(1, 6), st.none() | st.integers(1, 6)),
    dispatcher=people,
    absent=people,
)
def test_a_plan_has_no_empty_level_and_no_treater(levels, treated_by, four_eyes, **options):
    try:
        plan = make_plan(levels, treated_by=treated_by, four_eyes=four_eyes, **options)
    except RuleError:
        return
    assert [row.number for row in plan.levels] == sorted({row.number for row in levels})
    for row in plan.levels:
        assert row.persons
        assert not (four_eyes and row.persons & treated_by)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
