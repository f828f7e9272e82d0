package dev.panacea.ace.study;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import java.util.List;
import java.util.Map;

/**
 * See {@link StudyData#only}.
 *
 * @param all the pictures
 * @param numbers which of them
 */
record SomePictures(StudyData all, List<Integer> numbers) implements StudyData {
    SomePictures {
        numbers = List.copyOf(numbers);
    }

    @Override
    public int size() {
        return numbers.size();
    }

    @Override
    public String name(int number) {
        return all.name(numbers.get(number));
    }

    @Override
    public Picture picture(int number, int pixels) {
        return all.picture(numbers.get(number), pixels);
    }

    @Override
    public Map<String, Point> landmarks(int number, int pixels) {
        return all.landmarks(numbers.get(number), pixels);
    }
}
