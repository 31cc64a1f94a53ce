"""Rows 1 to 7 of the record face: what the scopes switch on, and what they put back."""
import asyncio
import threading

import pytest

from srcgrad import autograd, nd


def flags():
    return autograd.is_recording(), autograd.is_training()


def in_thread(function):
    """What `function` returns in a new thread."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_row_01_off_at_first():
    assert flags() == (False, False)
    assert type(autograd.is_recording()) is bool and type(autograd.is_training()) is bool


def test_row_01_a_new_thread_starts_with_both_off():
    with autograd.record():
        assert in_thread(flags) == (False, False)


def test_row_01_a_task_inherits_and_does_not_leak_back():
    async def inner():
        inherited = flags()
        autograd.set_recording(False)
        autograd.set_training(False)
        return inherited

    async def outer():
        with autograd.record():
            return await asyncio.create_task(inner()), flags()

    assert asyncio.run(outer()) == ((True, True), (True, True))


def test_row_01_backward_in_another_thread():
    x = nd.array([1.0, 2.0]).attach_grad()
    with autograd.record():
        y = x * x
    in_thread(y.backward)
    assert x.grad.tolist() == [2, 4]


def test_row_02_setters_return_the_previous_bool():
    with autograd.pause():  # so that the changes end here
        assert autograd.set_recording(True) is False
        assert autograd.set_recording(False) is True
        assert autograd.set_training(True) is False
        assert autograd.set_training(False) is True


def test_row_02_set_recording_records():
    x = nd.array([3.0]).attach_grad()
    with autograd.pause():
        autograd.set_recording(True)
        y = x * x
    y.backward()
    assert x.grad.tolist() == [6]


@pytest.mark.parametrize("mode, expected", [(True, True), (False, False)])
def test_row_03_record_sets_both(mode, expected):
    with autograd.record(train_mode=mode):
        assert flags() == (True, expected)
    with autograd.record(mode):
        assert flags() == (True, expected)
    assert flags() == (False, False)


def test_row_03_train_mode_none_leaves_training():
    with autograd.record(train_mode=None):
        assert flags() == (True, False)
    with autograd.train_mode(), autograd.record(train_mode=None):
        assert flags() == (True, True)


def test_row_04_pause():
    with autograd.record():
        with autograd.pause():
            assert flags() == (False, False)
        with autograd.pause(train_mode=True):
            assert flags() == (False, True)
        assert flags() == (True, True)
    with autograd.pause():
        assert flags() == (False, False)


def test_row_05_train_and_predict_change_only_training():
    with autograd.predict_mode():
        assert flags() == (False, False)
        with autograd.record():
            assert flags() == (True, True)
            with autograd.predict_mode():
                assert flags() == (True, False)
            assert flags() == (True, True)
        assert flags() == (False, False)
    with autograd.train_mode():
        assert flags() == (False, True)


def test_row_06_an_exception_restores():
    with pytest.raises(KeyError), autograd.record():
        raise KeyError
    assert flags() == (False, False)


def test_row_06_one_scope_object_entered_again():
    scope = autograd.record()
    with scope, autograd.pause():
        with scope:
            assert flags() == (True, True)
        assert flags() == (False, False)
    assert flags() == (False, False)


def test_row_06_one_scope_object_in_two_threads():
    scope = autograd.record()

    def other():
        with scope:
            return flags()

    with scope:
        assert in_thread(other) == (True, True)
        assert flags() == (True, True)
    assert flags() == (False, False)


def test_row_06_flags_changed_by_hand_inside():
    with autograd.record():
        autograd.set_recording(False)
        autograd.set_training(False)
        with autograd.train_mode():
            autograd.set_recording(True)
        assert flags() == (False, False)
    assert flags() == (False, False)


@pytest.mark.parametrize("scope, expected", [
    (autograd.pause, (False, False)), (autograd.pause(), (False, False)), (autograd.pause(True), (False, True)),
    (autograd.train_mode, (True, True)), (autograd.train_mode(), (True, True)),
    (autograd.predict_mode, (True, False)), (autograd.predict_mode(), (True, False)),
    (autograd.record, (True, True)), (autograd.record(), (True, True)), (autograd.record(False), (True, False)),
    (autograd.record(train_mode=None), (True, True)),
])
def test_row_07_scopes_decorate(scope, expected):
    @scope
    def f(a, *, b=0):
        """Doc."""
        return a, b, flags()

    with autograd.record():
        assert f(1, b=2) == (1, 2, expected)
        assert flags() == (True, True)
    assert (f.__name__, f.__doc__) == ("f", "Doc.")


def test_row_07_a_decorated_function_restores_after_an_exception():
    @autograd.record
    def f():
        raise KeyError

    with pytest.raises(KeyError):
        f()
    assert flags() == (False, False)


def test_row_07_a_recorded_function_records_under_pause():
    x = nd.array([1.0, 2.0]).attach_grad()

    @autograd.record
    def f(x):
        return x * x

    with autograd.pause():
        y = f(x)
    y.backward()
    assert x.grad.tolist() == [2, 4]


def test_row_07_paused_operations_are_constant():
    x = nd.array([3.0]).attach_grad()
    with autograd.record():
        y = x * x
        with autograd.pause():
            z = y * 3
        w = y + z
    w.backward()
    assert x.grad.tolist() == [6]


def test_row_07_record_wants_python_functions():
    with pytest.raises(TypeError, match="record decorates Python functions, not type.*record\\(lambda"):
        autograd.record(dict)
