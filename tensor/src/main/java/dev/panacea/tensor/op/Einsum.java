package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums of products written with index letters, of one or two operands: {@code "bhqd,bhkd->bhqk"}. A letter names an
 * axis, once in each operand; letters missing from the result are summed over. Without an arrow the result has the
 * letters that occur once, in alphabetical order.
 *
 * @param equation the letters of the operands and of the result
 */
public record Einsum(String equation) implements Op {
    @Override
    public String formula() {
        return "y[result] = Σ over the other letters of a[left] · b[right], as in \"" + equation + "\"";
    }

    /**
     * The letters of the operands, and of the result at the end.
     *
     * @throws ShapeException if the equation breaks a rule
     */
    public List<String> terms() {
        String[] sides = equation.replace(" ", "").split("->", -1);
        String[] operands = sides[0].split(",", -1);
        require(sides.length <= 2, "at most one arrow");
        require(operands.length <= 2, "one or two operands");
        for (String term : operands) {
            require(term.chars().allMatch(Character::isLetter), "letters alone");
            require(term.chars().distinct().count() == term.length(), "each letter once in an operand");
        }
        String result = sides.length == 2 ? sides[1] : sides[0].replace(",", "").chars()
                .filter(letter -> sides[0].indexOf(letter) == sides[0].lastIndexOf(letter)).sorted()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        require(result.chars().distinct().count() == result.length(), "each letter once in the result");
        require(result.chars().allMatch(letter -> Character.isLetter(letter) && sides[0].indexOf(letter) >= 0),
                "result letters from the operands");
        return operands.length == 1 ? List.of(operands[0], result) : List.of(operands[0], operands[1], result);
    }

    private void require(boolean valid, String need) {
        if (!valid) {
            throw new ShapeException("einsum: bad equation: \"" + equation + "\" (need " + need + ")");
        }
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        List<String> terms = terms();
        Check.count(this, in, terms.size() - 1, terms.size() - 1);
        Check.floats(this, in);
        Map<Character, Integer> sizes = sizes(terms, in);
        return List.of(in.getFirst().with(Shape.of(terms.getLast().chars().map(c -> sizes.get((char) c)).toArray())));
    }

    /** Size of each letter, in the order of first use. */
    private Map<Character, Integer> sizes(List<String> terms, List<Spec> in) {
        Map<Character, Integer> sizes = new LinkedHashMap<>();
        for (int i = 0; i < in.size(); i++) {
            Shape shape = in.get(i).shape();
            String term = terms.get(i);
            if (shape.rank() != term.length()) {
                throw new ShapeException("einsum: operand " + i + " is " + shape + " (need " + term.length()
                        + " axes for \"" + term + "\")");
            }
            for (int axis = 0; axis < term.length(); axis++) {
                Integer known = sizes.putIfAbsent(term.charAt(axis), shape.dim(axis));
                if (known != null && known != shape.dim(axis)) {
                    throw new ShapeException("einsum: letter " + term.charAt(axis) + " has sizes " + known + " and "
                            + shape.dim(axis) + " (need one size)");
                }
            }
        }
        return sizes;
    }

    /** Two for each product that is added; a sum over one operand has none. */
    double flops(List<Spec> in) {
        double products = sizes(terms(), in).values().stream().mapToDouble(size -> size).reduce(1, (a, b) -> a * b);
        return in.size() == 1 ? 0 : 2 * products;
    }

    /** Walks over every index of every letter, the result's letters outermost. */
    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        List<String> terms = terms();
        Map<Character, Integer> sizes = sizes(terms, Arrays.stream(in).map(Tensor::spec).toList());
        StringBuilder letters = new StringBuilder(terms.getLast());
        sizes.keySet().stream().filter(letter -> terms.getLast().indexOf(letter) < 0).forEach(letters::append);
        int[] dims = letters.chars().map(letter -> sizes.get((char) letter)).toArray();
        long count = Shape.of(dims).product(terms.getLast().length(), dims.length);
        int[] index = new int[dims.length];
        int[][] places = new int[in.length][]; // which letter each axis of an operand has
        int[][] operandIndex = new int[in.length][];
        for (int i = 0; i < in.length; i++) {
            places[i] = terms.get(i).chars().map(letter -> letters.indexOf("" + (char) letter)).toArray();
            operandIndex[i] = new int[places[i].length];
        }
        for (long at = 0; at < out[0].size(); at++) {
            double sum = 0;
            for (long term = 0; term < count; term++) {
                long rest = at * count + term;
                for (int i = dims.length - 1; i >= 0; i--) {
                    index[i] = (int) (rest % dims[i]);
                    rest /= dims[i];
                }
                double product = 1;
                for (int i = 0; i < in.length; i++) {
                    for (int axis = 0; axis < places[i].length; axis++) {
                        operandIndex[i][axis] = index[places[i][axis]];
                    }
                    product *= in[i].at(operandIndex[i]);
                }
                sum += product;
            }
            out[0].flat(at, sum);
        }
    }

    /** The gradient by one operand is an einsum of g and the other; letters that neither has are repeated. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        List<String> terms = terms();
        T first = v.needs(0) ? by(v, terms, 0, 1) : null;
        return v.inputs() == 1 ? Vjp.of(first) : Vjp.of(first, v.needs(1) ? by(v, terms, 1, 0) : null);
    }

    private static <T extends TensorOps<T>> T by(Vjp<T> v, List<String> terms, int operand, int other) {
        String term = terms.get(operand);
        String result = terms.getLast();
        boolean two = v.inputs() == 2;
        String known = two ? result + terms.get(other) : result;
        String kept = term.chars().filter(letter -> known.indexOf(letter) >= 0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        T g = two
                ? v.gradient().einsum(result + "," + terms.get(other) + "->" + kept, v.input(other))
                : v.gradient().einsum(result + "->" + kept);
        if (kept.length() == term.length()) {
            return g;
        }
        int[] dims = v.spec(operand).shape().dims();
        int[] narrow = dims.clone();
        for (int axis = 0; axis < narrow.length; axis++) {
            narrow[axis] = known.indexOf(term.charAt(axis)) >= 0 ? narrow[axis] : 1;
        }
        return g.reshape(narrow).expand(dims);
    }

    @Override
    public boolean savesInput(int index) {
        return equation.indexOf(',') >= 0;
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample("ij,jk->ik", 5, Input.real(3, 5), Input.real(5, 4)),
                sample("bhqd,bhkd->bhqk", 8, Input.real(2, 3, 5, 8), Input.real(2, 3, 7, 8)),
                sample("bhqk,bhkd->bqhd", 7, Input.real(2, 3, 5, 7), Input.real(2, 3, 7, 4)),
                sample("bnk,mk->bmn", 6, Input.real(2, 5, 6), Input.real(3, 6)),
                sample("i,j->ij", 1, Input.real(3), Input.real(17)),
                sample("bi,bi->b", 9, Input.real(4, 9), Input.real(4, 9)),
                sample("abc,cad->db", 12, Input.real(3, 5, 4), Input.real(4, 3, 2)),
                sample("aib,aic->bc", 15, Input.real(3, 5, 4), Input.real(3, 5, 6)),
                sample("ijk,jl->il", 12, Input.real(3, 4, 3), Input.real(4, 5)),
                sample("ij,kj", 5, Input.real(3, 5), Input.real(2, 5)),
                sample("ij->ji", 1, Input.real(3, 5)),
                sample("ijk->j", 6, Input.real(2, 5, 3)),
                sample("ij,ij->", 15, Input.real(3, 5), Input.real(3, 5)),
                sample("ij,jk->ik", 1, Input.real(2, 0), Input.real(0, 3)));
    }

    private static Sample sample(String equation, int terms, Input... inputs) {
        return Sample.of(new Einsum(equation), inputs).reduces(terms);
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("einsum: letter j has sizes 3 and 4 (need one size)",
                        () -> Tensor.zeros(2, 3).einsum("ij,jk->ik", Tensor.zeros(4, 5))),
                new Refusal("einsum: operand 1 is [4] (need 2 axes for \"jk\")",
                        () -> Tensor.zeros(2, 3).einsum("ij,jk->ik", Tensor.zeros(4))),
                new Refusal("einsum: bad equation: \"ii->i\" (need each letter once in an operand)",
                        () -> Tensor.zeros(2, 2).einsum("ii->i")),
                new Refusal("einsum: bad equation: \"ij->ik\" (need result letters from the operands)",
                        () -> Tensor.zeros(2, 2).einsum("ij->ik")),
                new Refusal("einsum: bad equation: \"...j->j\" (need letters alone)",
                        () -> Tensor.zeros(2, 2).einsum("...j->j")));
    }
}
