package dev.panacea.ace.run;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureCache;
import dev.panacea.ace.drawn.DrawnOptions;
import dev.panacea.ace.drawn.DrawnXray;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Pictures by number, for any thread to ask for. */
public interface PictureSource {
    /** How many there are. */
    int size();

    /** What messages call one, such as its file. */
    String name(int number);

    /**
     * One picture, grey.
     *
     * @throws dev.panacea.tensor.DataException if it cannot be read
     */
    Picture picture(int number);

    /** The pictures of files, decoded each time. */
    static PictureSource files(List<Path> files) {
        return files(files, new ImageDecoder()::decode);
    }

    /** The pictures of files by way of a cache, which reduces them. */
    static PictureSource files(List<Path> files, PictureCache cache) {
        return files(files, cache::picture);
    }

    private static PictureSource files(List<Path> files, Function<Path, Picture> read) {
        return new PictureSource() {
            @Override
            public int size() {
                return files.size();
            }

            @Override
            public String name(int number) {
                return files.get(number).toString();
            }

            @Override
            public Picture picture(int number) {
                return read.apply(files.get(number));
            }
        };
    }

    /**
     * Drawn X-rays, each of another patient.
     *
     * @param count how many
     * @param pixels side of each
     * @param seed of the first patient
     */
    static PictureSource drawn(int count, int pixels, long seed) {
        return new PictureSource() {
            @Override
            public int size() {
                return count;
            }

            @Override
            public String name(int number) {
                return "drawn X-ray " + (seed + number);
            }

            @Override
            public Picture picture(int number) {
                return DrawnXray.film(seed + number, 0, DrawnOptions.standard()).draw(pixels).picture();
            }
        };
    }
}
