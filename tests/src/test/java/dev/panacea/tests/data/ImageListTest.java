package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.data.ImageList;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders, lists and tables name files; what they name in vain is told by row. */
class ImageListTest {
    @TempDir
    private Path root;

    @BeforeEach
    void fill() throws IOException {
        for (String name : List.of("b.png", "a 1.png", "sub/c.png", "sub/.hidden.png", ".cache/d.png",
                "sub/deep/e.dcm")) {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
    }

    private List<String> names(ImageList list) {
        return list.entries().stream().map(entry -> root.relativize(entry.file()).toString()).toList();
    }

    @Test
    void foldersAreWalkedInOrder() throws IOException {
        Files.createSymbolicLink(root.resolve("sub/loop"), root);
        ImageList list = ImageList.folder(root);
        assertThat(names(list)).containsExactly("a 1.png", "b.png", "sub/c.png", "sub/deep/e.dcm");
        assertThat(list.entries().getLast().row()).isEqualTo(4);
        assertThat(list.missing()).containsExactly(root.resolve("sub/loop") + ": FileSystemLoopException");
        assertThatThrownBy(() -> ImageList.folder(root.resolve("none"))).isInstanceOf(DataException.class)
                .hasMessage(root.resolve("none") + ": no such folder (check the path)");
    }

    @Test
    void listsMayHaveLabelsBehindTheName() throws IOException {
        Path list = Files.writeString(root.resolve("list.txt"),
                "\uFEFFsub/c.png 0 1 0\r\n\n# comment\nnone.png 1 1 1\na 1.png\n  b.png\t1\n");
        ImageList found = ImageList.lines(list, root);
        assertThat(names(found)).containsExactly("sub/c.png", "a 1.png", "b.png");
        assertThat(found.entries().getFirst().fields()).containsExactly("sub/c.png", "0", "1", "0");
        assertThat(found.entries().getLast()).isEqualTo(new ImageList.Entry(root.resolve("b.png"), 6,
                List.of("b.png", "1")));
        assertThat(found.missing()).containsExactly("row 4: \"none.png\"");
    }

    @Test
    void tablesNameFilesInAColumn() throws IOException {
        Path table = Files.writeString(root.resolve("table.csv"), "Patient,Image Index,\"Note, long\"\n"
                + "1,b.png,\"says \"\"yes\"\"\nand more\"\n2, sub/c.png ,\n3,\n\n4,\0,x\n");
        ImageList list = ImageList.csv(table, "image index", root);
        assertThat(list.header()).containsExactly("Patient", "Image Index", "Note, long");
        assertThat(names(list)).containsExactly("b.png", "sub/c.png");
        assertThat(list.entries().getFirst().fields()).containsExactly("1", "b.png", "says \"yes\"\nand more");
        assertThat(list.entries().getLast().row()).isEqualTo(4);
        assertThat(list.missing()).containsExactly("row 5: no name", "row 7: \"?\"");
        assertThatThrownBy(() -> ImageList.csv(table, "file", root)).isInstanceOf(DataException.class)
                .hasMessage(table + ": no column 'file' (there are: Patient, Image Index, Note, long)");
        Files.writeString(table, "file\n\"b.png");
        assertThatThrownBy(() -> ImageList.csv(table, "file", root)).isInstanceOf(DataException.class)
                .hasMessage(table + ": line 2: a quote is never closed (add one)");
    }
}
