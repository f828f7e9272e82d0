package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureCache;
import dev.panacea.ace.data.Reduction;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.RandomSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache serves what decoding gives, whatever happened to it. */
class PictureCacheTest {
    private static final Reduction REDUCTION = new Reduction(20);
    private static final long SLOT = 4096; // a block of the disk holds any of these pictures

    @TempDir
    private Path folder;
    private final List<Path> files = new ArrayList<>();
    private final List<Picture> expected = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        int[][] sizes = {{16, 16}, {60, 40}, {40, 90}, {20, 20}, {1, 300}}; // smaller, larger, oblong, just so, a line
        for (int[] size : sizes) {
            Path file = folder.resolve("film" + files.size() + ".png");
            picture(file, size[0], size[1], files.size());
            files.add(file);
        }
        read();
    }

    /** A grey picture of 16 bits, changed an hour ago. */
    private static void picture(Path file, int width, int height, int seed) throws IOException {
        int[] samples = new Random(seed).ints(width * height, 0, 1 << 16).toArray();
        PngFile png = new PngFile(width, height, 16, 0, false);
        byte[] rows = png.rows(samples, false);
        Files.write(file, png.chunk("IDAT", rows).end());
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }

    private void read() {
        expected.clear();
        files.forEach(file -> expected.add(REDUCTION.apply(new ImageDecoder().decode(file))));
    }

    private PictureCache open() {
        return PictureCache.open(folder.resolve("cache"), files, REDUCTION, 0);
    }

    private void assertServes(PictureCache cache, int fromCache) {
        long before = cache.served();
        for (int i = 0; i < files.size(); i++) {
            Picture picture = cache.picture(files.get(i));
            assertThat(picture.values()).as(files.get(i).toString()).isEqualTo(expected.get(i).values());
            assertThat(picture.width()).isEqualTo(expected.get(i).width());
            assertThat(picture.height()).isEqualTo(expected.get(i).height());
        }
        assertThat(cache.served() - before).as("pictures from the cache").isEqualTo(fromCache);
    }

    @Test
    void reducingTwiceIsReducingOnce() {
        RandomSource random = RandomSource.of(5);
        for (int number = 0; number < 200; number++) {
            Reduction reduction = new Reduction(1 + (int) (40 * random.child(number).uniform(0)));
            int width = 1 + (int) (150 * random.child(number).uniform(1));
            int height = 1 + (int) (150 * Math.pow(random.child(number).uniform(2), 3));
            float[] values = new float[width * height];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.child(number).uniform(3 + i);
            }
            Picture once = reduction.apply(new Picture(width, height, 1, values, expected.getFirst().facts()));
            Picture twice = reduction.apply(once);
            assertThat(twice.values()).isEqualTo(once.values());
            assertThat(once.width() * once.height()).isBetween(1, reduction.mostPixels());
            assertThat(Math.min(once.width(), once.height()))
                    .isLessThanOrEqualTo(Math.min(reduction.side(), Math.min(width, height)));
            if (3 * Math.max(width, height) <= 4 * Math.min(width, height)) {
                assertThat(Math.min(once.width(), once.height())).as("%d x %d", width, height)
                        .isEqualTo(Math.min(reduction.side(), Math.min(width, height)));
            }
        }
        assertThat(Reduction.squares(512, 0.85).side()).isEqualTo(603);
        assertThat(Reduction.squares(1024, 1).side()).isEqualTo(1024);
    }

    @Test
    void coldHalfFilledAndWarmAreTheSame() throws IOException {
        PictureCache cache = open();
        assertThat(cache.picture(files.get(2)).values()).isEqualTo(expected.get(2).values());
        assertThat(cache.picture(files.get(4)).values()).isEqualTo(expected.get(4).values());
        assertServes(open(), 2);
        PictureCache warm = open();
        assertServes(warm, 5);
        assertThat(warm.decoded()).isZero();
        assertThat(Files.size(warm.store())).isEqualTo(PictureCache.mostBytes(5, REDUCTION)).isEqualTo(5 * SLOT);
    }

    @Test
    void theOrderOfTheFilesIsNoMatterTheirNamesAre() {
        Path store = open().store();
        List<Path> turned = new ArrayList<>(files.reversed());
        turned.add(files.getFirst());
        assertThat(PictureCache.open(folder.resolve("cache"), turned, REDUCTION, 0).store()).isEqualTo(store);
        assertThat(PictureCache.open(folder.resolve("cache"), files.subList(1, 4), REDUCTION, 0).store())
                .isNotEqualTo(store);
        assertThat(PictureCache.open(folder.resolve("cache"), files, new Reduction(21), 0).store())
                .isNotEqualTo(store);
        assertThatThrownBy(() -> open().picture(folder.resolve("other.png"))).isInstanceOf(DataException.class)
                .hasMessageContaining("other.png: not in the picture cache");
    }

    @Test
    void damageIsDecodedAgainAndMended() throws IOException {
        Path store = open().store();
        assertServes(open(), 0);
        byte[] whole = Files.readAllBytes(store);
        Random random = new Random(3);
        for (int round = 0; round < 40; round++) {
            byte[] damaged = whole.clone();
            int used = 64 + 2 * expected.getFirst().values().length; // of the first slot, which is damaged
            damaged[random.nextInt(used)] ^= (byte) (1 << random.nextInt(8));
            Files.write(store, damaged);
            assertServes(open(), 4);
            assertServes(open(), 5);
        }
        for (int end : new int[] {0, 1, 63, 500, 4096, 4100, 2 * 4096 + 900}) {
            try (FileChannel cut = FileChannel.open(store, StandardOpenOption.WRITE)) {
                cut.truncate(end);
            }
            PictureCache cache = open();
            assertServes(cache, end / 4096);
            assertServes(cache, 5);
        }
        random.nextBytes(whole);
        Files.write(store, whole);
        assertServes(open(), 0);
        assertServes(open(), 5);
    }

    /** A process killed while it writes one picture over another: what begins as the new one ends as the old. */
    @Test
    void halfWrittenSlotsAreEmpty() throws IOException {
        assertServes(open(), 0);
        Path store = open().store();
        byte[] old = Files.readAllBytes(store);
        picture(files.get(3), 20, 20, 99);
        Files.setLastModifiedTime(files.get(3), FileTime.from(Instant.now().minusSeconds(600)));
        read();
        assertServes(open(), 4);
        byte[] now = Files.readAllBytes(store);
        int slot = 3 * (int) SLOT;
        int used = 64 + 2 * 400;
        for (int cut = 1; cut < used; cut += 1 + cut / 8) {
            byte[] torn = old.clone();
            System.arraycopy(now, slot, torn, slot, cut);
            Files.write(store, torn);
            assertServes(open(), 4);
        }
        assertServes(open(), 5);
    }

    @Test
    void aFileCutShortWhileItIsMappedIsDecoded() throws IOException {
        PictureCache cache = open();
        assertServes(cache, 0);
        try (FileChannel cut = FileChannel.open(cache.store(), StandardOpenOption.WRITE)) {
            cut.truncate(0);
        }
        assertServes(cache, 0);
        assertServes(cache, 5);
        Files.delete(cache.store());
        assertServes(cache, 5);
    }

    /** A whole slot of another picture: right checksum, wrong key. */
    @Test
    void slotsOfOtherPicturesAreNotServed() throws IOException {
        Path store = open().store();
        assertServes(open(), 0);
        byte[] whole = Files.readAllBytes(store);
        System.arraycopy(whole, 0, whole, 3 * (int) SLOT, (int) SLOT);
        Files.write(store, whole);
        assertServes(open(), 4);
    }

    /** Right checksum and key, and a size that the slot does not have. */
    @Test
    void sizesAreNotBelieved() throws IOException {
        Path store = open().store();
        assertServes(open(), 0);
        byte[] whole = Files.readAllBytes(store);
        for (int[] size : new int[][] {{-16, -16}, {1 << 16, 1 << 16}, {0, 16}, {16, Integer.MAX_VALUE}, {2016, 1}}) {
            ByteBuffer slot = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
            slot.putInt(4, size[0]).putInt(8, size[1]);
            CRC32C sum = new CRC32C();
            sum.update(whole, 4, 60 + 2 * 256);
            slot.putInt(0, (int) sum.getValue());
            Files.write(store, whole);
            assertServes(open(), 4);
        }
    }

    @Test
    void changedFilesAreDecodedAgain() throws IOException {
        assertServes(open(), 0);
        FileTime time = Files.getLastModifiedTime(files.get(1));
        picture(files.get(1), 30, 40, 77); // other content and length, the same time
        Files.setLastModifiedTime(files.get(1), time);
        picture(files.get(3), 20, 20, 78); // the same length, another time
        read();
        assertServes(open(), 3);
        assertServes(open(), 5);
        Files.setLastModifiedTime(files.get(0), FileTime.from(Instant.now()));
        assertServes(open(), 4);
        assertServes(open(), 4); // it might change again before the clock shows it
        Files.delete(files.get(0));
        assertThatThrownBy(() -> open().picture(files.get(0))).isInstanceOf(DataException.class)
                .hasMessage(files.get(0) + ": no such file (check the path and its permissions)");
    }

    @Test
    void manyMayFillOneCacheAtOnce() throws Exception {
        List<PictureCache> caches = List.of(open(), open());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                PictureCache cache = caches.get(thread % 2);
                int begin = thread;
                all.add(threads.submit(() -> {
                    for (int k = 0; k < 100; k++) {
                        int number = (k + begin) % files.size();
                        assertThat(cache.picture(files.get(number)).values())
                                .isEqualTo(expected.get(number).values());
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertServes(open(), 5);
    }

    @Test
    void withoutSpaceItIsToldOnceAndAllIsDecoded() {
        PictureCache cache = PictureCache.open(folder.resolve("cache"), files, REDUCTION, Long.MAX_VALUE / 2);
        assertServes(cache, 0);
        assertServes(cache, 0);
        assertThat(cache.trouble().orElseThrow()).startsWith("picture cache: less than ")
                .contains("MiB left on the disk of").endsWith(")").doesNotContain("\n");
        assertThat(open().trouble()).isEmpty();
    }

    @Test
    void whatCannotBeOpenedIsOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        assertThatThrownBy(() -> PictureCache.open(file, files, REDUCTION, 0)).isInstanceOf(DataException.class)
                .hasMessageMatching("picture cache .*\\.pictures: cannot be opened: .*\\)");
    }

    @Test
    void whatNobodyUsesIsRemoved() throws IOException {
        Path store = open().store();
        Path other = Files.writeString(store.resolveSibling("other.txt"), "not ours");
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(40)));
        Files.setLastModifiedTime(store, old);
        Files.setLastModifiedTime(other, old);
        PictureCache.removeUnused(store.getParent(), Duration.ofDays(50));
        assertThat(store).exists();
        PictureCache.removeUnused(store.getParent(), Duration.ofDays(30));
        assertThat(store).doesNotExist();
        assertThat(other).exists();
        Path used = open().store();
        PictureCache.removeUnused(store.getParent(), Duration.ofDays(30));
        assertThat(used).exists();
        PictureCache.removeUnused(folder.resolve("none"), Duration.ofDays(30));
    }

    /**
     * Fails where decoding or reducing gives other pixels than before: then raise {@link ImageDecoder#VERSION}, and put
     * the new sum here. What the JDK decodes is not among the files.
     */
    @Test
    void pixelsAreThoseOfTheVersion() {
        Path golden = Path.of("src", "test", "resources", "golden", "pictures");
        CRC32C sum = new CRC32C();
        for (String name : List.of("dicom_grey12_implicit.dcm", "dicom_grey12_lossless.dcm", "dicom_grey12_j2k.dcm",
                "dicom_grey16_jls.dcm", "dicom_grey8_rle.dcm", "dicom_rgb_big.dcm", "png_16.png")) {
            Picture picture = REDUCTION.apply(new ImageDecoder().decode(golden.resolve(name)));
            for (float value : picture.values()) {
                sum.update(ByteBuffer.allocate(4).putFloat(value).flip());
            }
        }
        assertThat(List.of(ImageDecoder.VERSION, sum.getValue())).isEqualTo(List.of(1, 591163608L));
    }
}
