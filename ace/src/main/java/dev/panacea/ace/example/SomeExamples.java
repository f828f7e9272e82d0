package dev.panacea.ace.example;

import dev.panacea.ace.drawn.Box;
import java.util.List;

/** See {@link Examples#some}. */
final class SomeExamples implements Examples {
    private final Examples all;
    private final int[] numbers;

    SomeExamples(Examples all, int[] numbers) {
        this.all = all;
        this.numbers = numbers.clone();
    }

    @Override
    public int size() {
        return numbers.length;
    }

    @Override
    public String name(int number) {
        return all.name(numbers[number]);
    }

    @Override
    public float[] targets(int number) {
        return all.targets(numbers[number]);
    }

    @Override
    public Example read(int number) {
        return all.read(numbers[number]);
    }

    @Override
    public List<Box> boxes(int number, int label) {
        return all.boxes(numbers[number], label);
    }
}
