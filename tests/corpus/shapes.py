"""Shapes: subscripts, reshaping, reductions, joining, products of matrices."""
import numpy as np

from tests.corpus.registry import case, mat, ten, vec


def elements(x):
    return x[0] * x[2] + x[-1] * x[1]


case(elements, vec(4), smooth=True)


def same_element_twice(x):
    return x[1] * x[1] + x[1]


case(same_element_twice, vec(3), smooth=True)


def sections(x):
    return np.sum(x[1:] * x[:-1]) + np.sum(x[::2] ** 2) + np.sum(x[::-1] * x)


case(sections, vec(5), smooth=True)


def sections_of_a_matrix(a):
    return np.sum(a[1:, :2] * a[:-1, 1:]) + np.sum(a[0] * a[-1]) + np.sum(a[:, 1]) * a[1, 2]


case(sections_of_a_matrix, mat(4, 3), smooth=True)


def negative_steps(a):
    return np.sum(a[::-1, ::-2] * a[:, :2]) + np.sum(a[2:0:-1, -1] * a[:2, 0])


case(negative_steps, mat(3, 4), smooth=True)


def new_axes(x, y):
    table = x[:, None] * y[None, :]
    return np.sum(np.sin(table) * table[:, ::-1])


case(new_axes, vec(3), vec(4), wrt=(0, 1), smooth=True)


def ellipsis(a):
    return np.sum(a[..., 0] * a[..., -1])


case(ellipsis, ten(2, 3, 4), smooth=True)


def index_lists(x):
    return np.sum(x[[0, 2, 2]] ** 2) + np.sum(x[np.array([1, 1])])


case(index_lists, vec(4), numeric=True)


def boolean_mask(x):
    return np.sum(x[x > 0] ** 2)


case(boolean_mask, vec(6), numeric=True)


def of_an_expression(x):
    return (np.sin(x) * x)[1] + (x + 1)[:2].sum()


case(of_an_expression, vec(3), smooth=True)


def of_a_section(x):
    return np.sum(x[1:][:-1] * x[2:][0])


case(of_a_section, vec(5), smooth=True)


def transposed(a, b):
    return np.sum(a.T * b) + np.sum(np.transpose(b) @ a.T) + np.sum(a.T.T * a)


case(transposed, mat(3, 2), mat(2, 3), wrt=(0, 1), smooth=True)


def transposed_axes(a):
    return np.sum(np.transpose(a, (2, 0, 1))[0] * a[:, :, 1]) + np.sum(a.transpose(1, 0, 2)[1] ** 2)


case(transposed_axes, ten(2, 3, 4), smooth=True)


def reshaped(a):
    b = a.reshape(2, 6)
    c = np.reshape(b, (4, -1))
    return np.sum(b[0] * b[1]) + np.sum(c[1] ** 2) + np.sum(c.ravel() * a.flatten())


case(reshaped, mat(3, 4), smooth=True)


def reshaped_transpose(a):
    return np.sum(a.T.reshape(2, 6)[0] ** 2)


case(reshaped_transpose, mat(3, 4), smooth=True)


def column_sums(a):
    return np.sum(a.sum(axis=0) ** 2) + np.sum(np.sum(a, axis=1) ** 3)


case(column_sums, mat(3, 4), smooth=True)


def keep_dimensions(a):
    centred = a - a.mean(axis=1, keepdims=True)
    return np.sum(centred ** 2) / np.sum(a * a, axis=(0, 1), keepdims=True)[0, 0]


case(keep_dimensions, mat(3, 4), smooth=True)


def negative_axis(a):
    return np.sum(np.sum(a, axis=-1) * np.mean(a, -1)) + np.sum(a.sum(-2) ** 2)


case(negative_axis, ten(2, 3, 4), smooth=True)


def extremes(a):
    return np.max(a) * np.min(a) + np.sum(a.max(axis=0) * np.min(a, axis=0)) + np.sum(a.min(axis=1, keepdims=True) * a)


case(extremes, mat(3, 4), smooth=True)


def products(a):
    return np.prod(a) + np.sum(np.prod(a, axis=0)) + a.prod(axis=1)[1]


case(products, mat(3, 2), smooth=True)


def product_with_zero(x):
    return np.prod(x - x[1] * 0.0) * 2


case(product_with_zero, np.array([0.7, 0.0, -1.2]), smooth=True)


def several_axes(a):
    return np.sum(a.sum(axis=(0, 2)) ** 2) + np.sum(np.mean(a, axis=(1, 2)) ** 2)


case(several_axes, ten(2, 3, 4), smooth=True)


def joined(x, y):
    z = np.concatenate([x, y * 2, x[:1]])
    return np.sum(z * z[::-1])


case(joined, vec(3), vec(2), wrt=(0, 1), smooth=True)


def joined_matrices(a, b):
    wide = np.concatenate((a, b), axis=1)
    return np.sum(wide[:, 1:] * wide[:, :-1])


case(joined_matrices, mat(3, 2), mat(3, 4), wrt=(0, 1), smooth=True)


def stacked(x, y):
    rows = np.stack([x, y, x * y])
    columns = np.stack((y, x), axis=1)
    return np.sum(rows @ columns)


case(stacked, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def matrix_products(a, b, x):
    return np.sum(a @ b) + np.sum(np.dot(a, b) ** 2) + x @ (a @ b)[0] + np.sum(b @ x)


case(matrix_products, mat(3, 2), mat(2, 4), vec(4), wrt=(0, 1, 2), smooth=True)


def vector_products(x, y):
    return x @ y + np.dot(x, x) * np.sum(np.outer(x, y)[0])


case(vector_products, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def quadratic_form(x, a):
    return x @ a @ x / 2 - x.T @ np.ones(3)


case(quadratic_form, vec(3), mat(3, 3), wrt=(0, 1), smooth=True)


def batched_product(a, b):
    return np.sum(np.sin(a @ b))


case(batched_product, ten(2, 3, 4), ten(4, 2), wrt=(0, 1), smooth=True)
case(batched_product, ten(2, 3, 4), ten(2, 4, 5), wrt=(0, 1), smooth=True)
case(batched_product, vec(4), ten(2, 4, 3), wrt=(0, 1), smooth=True)


def shape_in_arithmetic(x):
    n, m = x.shape
    return np.sum(x) / n + np.sum(x * x) / (m * x.size) + len(x) * x[0, 0]


case(shape_in_arithmetic, mat(3, 4), smooth=True)


def shrinking(x):
    y = x
    while y.size > 1:
        y = y[1:] * y[:-1]
    return y[0]


case(shrinking, vec(4), smooth=True)


def growing(x):
    y = x
    for i in range(3):
        y = np.concatenate([y, y[-1:] * x[0]])
    return np.sum(y * y)


case(growing, vec(2), smooth=True)


def changes_its_shape(a):
    a = a @ a.T
    a = a[0]
    a = np.sum(a * 2)
    return a * a


case(changes_its_shape, mat(3, 2), smooth=True)


def empty_section(x):
    return np.sum(x[2:2]) + np.sum(x)


case(empty_section, vec(3), smooth=True)
