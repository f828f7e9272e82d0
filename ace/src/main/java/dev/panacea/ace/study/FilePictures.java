package dev.panacea.ace.study;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import dev.panacea.ace.drawn.Point;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** See {@link StudyData#files}. */
final class FilePictures implements StudyData {
    private final List<Path> files;
    private final ImageDecoder decoder = new ImageDecoder();
    private final Recent recent = new Recent();

    FilePictures(List<Path> files) {
        this.files = List.copyOf(files);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public String name(int number) {
        return files.get(number).toString();
    }

    @Override
    public Picture picture(int number, int pixels) {
        return recent.picture(number, pixels, () -> new Resize(pixels, pixels, Resize.Filter.BILINEAR)
                .apply(decoder.decode(files.get(number))));
    }

    @Override
    public Map<String, Point> landmarks(int number, int pixels) {
        return Map.of();
    }
}
