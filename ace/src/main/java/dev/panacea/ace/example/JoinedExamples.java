package dev.panacea.ace.example;

import dev.panacea.ace.drawn.Box;
import java.util.List;
import java.util.function.BiFunction;

/**
 * See {@link ExampleSet#all}.
 *
 * @param parts one after another
 */
record JoinedExamples(List<Examples> parts) implements Examples {
    @Override
    public int size() {
        return parts.stream().mapToInt(Examples::size).sum();
    }

    @Override
    public String name(int number) {
        return of(number, Examples::name);
    }

    @Override
    public float[] targets(int number) {
        return of(number, Examples::targets);
    }

    @Override
    public Example read(int number) {
        return of(number, Examples::read);
    }

    @Override
    public List<Box> boxes(int number, int label) {
        return of(number, (part, own) -> part.boxes(own, label));
    }

    private <T> T of(int number, BiFunction<Examples, Integer, T> what) {
        int own = number;
        for (Examples part : parts) {
            if (own < part.size()) {
                return what.apply(part, own);
            }
            own -= part.size();
        }
        throw new IndexOutOfBoundsException(number);
    }
}
