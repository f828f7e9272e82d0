package dev.panacea.ace.example;

import dev.panacea.ace.drawn.Box;
import java.util.Arrays;
import java.util.List;

/**
 * See {@link ExampleSet#withLabels}.
 *
 * @param all the examples with all labels
 * @param numbers of the labels that are kept
 */
record SomeLabels(Examples all, int[] numbers) implements Examples {
    @Override
    public int size() {
        return all.size();
    }

    @Override
    public String name(int number) {
        return all.name(number);
    }

    @Override
    public float[] targets(int number) {
        return kept(all.targets(number));
    }

    @Override
    public Example read(int number) {
        Example example = all.read(number);
        return new Example(example.name(), example.picture(), kept(example.targets()), kept(example.masks()),
                kept(example.points()));
    }

    @Override
    public List<Box> boxes(int number, int label) {
        return all.boxes(number, numbers[label]);
    }

    private float[] kept(float[] targets) {
        float[] kept = new float[numbers.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = targets[numbers[i]];
        }
        return kept;
    }

    private <T> List<T> kept(List<T> each) {
        return each.isEmpty() ? each : Arrays.stream(numbers).mapToObj(each::get).toList();
    }
}
