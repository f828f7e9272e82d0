package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of hand-made results, word for word; p-values are those of scipy.stats.ttest_ind(equal_var=False). */
class TableCommandTest {
    @TempDir
    private Path folder;

    private static TransferResult result(String kind, String task, String method, String model, long seed,
            int examples, double value) {
        SequencedMap<String, Interval> numbers = new LinkedHashMap<>();
        String primary = switch (kind) {
            case "classify" -> "mean AUC";
            case "segment" -> "mean Dice";
            default -> "mean error";
        };
        numbers.put(primary, new Interval(value, value, value));
        if (kind.equals("segment")) {
            numbers.put("Dice heart", new Interval(value / 2, value / 2, value / 2));
        }
        return new TransferResult(kind, task, method, model, "-", seed, examples, "test", 9, primary,
                kind.equals("keypoints"), numbers);
    }

    /** Writes a result into a folder of its own, named after its number. */
    private void write(TransferResult result) throws IOException {
        long count;
        try (var runs = Files.list(folder)) {
            count = runs.count();
        }
        Files.writeString(Files.createDirectories(folder.resolve("%03d/run".formatted(count)))
                .resolve(TransferResult.FILE), result.json());
    }

    private void seeds(String kind, String task, String method, String model, int examples, double... values)
            throws IOException {
        for (int seed = 0; seed < values.length; seed++) {
            write(result(kind, task, method, model, seed, examples, values[seed]));
        }
    }

    private void several() throws IOException {
        seeds("keypoints", "landmarks", "random", "swin_base", 100, 20, 21, 22);
        seeds("classify", "chest_xray", "random", "swin_base", 100, 0.70, 0.71, 0.72);
        seeds("classify", "chest_xray", "ACE", "vit_base", 100, 0.80, 0.82, 0.81);
        seeds("classify", "chest_xray", "A&B|C", "swin_base", 100, 0.81, 0.82, 0.80);
        seeds("classify", "chest_xray", "ACE", "swin_base", 100, 0.81, 0.83, 0.82);
        seeds("segment", "jsrt", "random", "swin_base", 10, 0.5, 0.6, 0.55);
        seeds("segment", "jsrt", "ACE", "swin_base", 10, 0.75, 0.76, 0.8);
        seeds("segment", "jsrt", "ACE", "swin_base", 2, 0.6, 0.61, 0.62);
        seeds("keypoints", "landmarks", "ACE", "swin_base", 100, 16, 16.5, 17.125);
    }

    private Outcome table(String... more) {
        String[] all = new String[2 + more.length];
        all[0] = "table";
        all[1] = folder.toString();
        System.arraycopy(more, 0, all, 2, more.length);
        return Outcome.of(all);
    }

    @Test
    void markdown() throws IOException {
        several();
        assertThat(table()).isEqualTo(new Outcome(0, """
                | Backbone | Method | chest_xray<br>mean AUC, % | jsrt<br>mean Dice, %<br>2 examples |\
                 jsrt<br>mean Dice, %<br>10 examples | landmarks<br>mean error, px ↓ |
                |---|---|--:|--:|--:|--:|
                | swin_base | random | 71.00 ± 1.00 |  | 55.00 ± 5.00 | 21.00 ± 1.00 |
                |  | A&amp;B\\|C | <u>81.00 ± 1.00</u> ≈ |  |  |  |
                |  | ACE | **82.00 ± 1.00** | 61.00 ± 1.00 | **77.00 ± 2.65** | **16.54 ± 0.56** |
                | vit_base | ACE | <u>81.00 ± 1.00</u> ≈ |  |  |  |

                Mean ± standard deviation over 3 runs, of seeds 0, 1, 2. The best of a column is **bold**, the second\
                 best <u>underlined</u>. Others are tested against the best by Welch's two-sided two-sample t-test:\
                 those that do not differ significantly at p = 0.05 are marked ≈. ↓: less is better.
                """, ""));
    }

    @Test
    void latex() throws IOException {
        several();
        Path out = folder.resolve("table.tex");
        assertThat(table("--format", "latex", "--out", out.toString())).isEqualTo(new Outcome(0, "table: " + out + "\n",
                ""));
        assertThat(Files.readString(out)).isEqualTo("""
                % needs \\usepackage{booktabs} and \\usepackage[table]{xcolor}
                \\begin{table}
                \\centering
                \\caption{Mean $\\pm$ standard deviation over 3 runs, of seeds 0, 1, 2. The best of a column is bold,\
                 the second best underlined. Others are tested against the best by Welch's two-sided two-sample t-test:\
                 those that do not differ significantly at p = 0.05 are shaded. $\\downarrow$: less is better.}
                \\begin{tabular}{llcccc}
                \\toprule
                 & & \\multicolumn{1}{c}{Classification} & \\multicolumn{2}{c}{Segmentation} &\
                 \\multicolumn{1}{c}{Key points} \\\\
                \\cmidrule(lr){3-3} \\cmidrule(lr){4-5} \\cmidrule(lr){6-6}
                Backbone & Method & chest\\_xray & jsrt & jsrt & landmarks \\\\
                 & & mean AUC, \\% & mean Dice, \\% & mean Dice, \\% & mean error, px $\\downarrow$ \\\\
                 & &  & 2 examples & 10 examples &  \\\\
                \\midrule
                swin\\_base & random & 71.00 $\\pm$ 1.00 &  & 55.00 $\\pm$ 5.00 & 21.00 $\\pm$ 1.00 \\\\
                 & A\\&B$|$C & \\cellcolor{blue!15}\\underline{81.00 $\\pm$ 1.00} &  &  &  \\\\
                 & ACE & \\textbf{82.00 $\\pm$ 1.00} & 61.00 $\\pm$ 1.00 & \\textbf{77.00 $\\pm$ 2.65} &\
                 \\textbf{16.54 $\\pm$ 0.56} \\\\
                \\midrule
                vit\\_base & ACE & \\cellcolor{blue!15}\\underline{81.00 $\\pm$ 1.00} &  &  &  \\\\
                \\bottomrule
                \\end{tabular}
                \\end{table}
                """);
    }

    /** The p-values are SciPy's 0.000175635, 0.287864, 0.00641568 and 0.00571420. */
    @Test
    void csv() throws IOException {
        several();
        Outcome csv = table("--format", "csv");
        assertThat(csv.out().replaceAll("(\\.\\d{6})\\d+(?=[,E\\n])", "$1")).isEqualTo("""
                backbone,method,kind,task,split,examples,number,seeds,mean,deviation,rank,p
                swin_base,random,classify,chest_xray,test,100,mean AUC,0 1 2,0.71,0.010000,,1.756353E-4
                swin_base,random,segment,jsrt,test,10,mean Dice,0 1 2,0.549999,0.049999,,0.006415
                swin_base,random,keypoints,landmarks,test,100,mean error,0 1 2,21.0,1.0,,0.005714
                swin_base,A&B|C,classify,chest_xray,test,100,mean AUC,0 1 2,0.81,0.009999,2,0.287864
                swin_base,ACE,classify,chest_xray,test,100,mean AUC,0 1 2,0.82,0.009999,1,
                swin_base,ACE,segment,jsrt,test,2,mean Dice,0 1 2,0.61,0.010000,,
                swin_base,ACE,segment,jsrt,test,10,mean Dice,0 1 2,0.77,0.026457,1,
                swin_base,ACE,keypoints,landmarks,test,100,mean error,0 1 2,16.541666,0.563656,1,
                vit_base,ACE,classify,chest_xray,test,100,mean AUC,0 1 2,0.81,0.009999,2,0.287864
                """);
        assertThat(csv.err()).isEmpty();
    }

    @Test
    void oneRunIsATable() throws IOException {
        seeds("segment", "jsrt", "random", "swin_nano", 5, 0.5);
        assertThat(table()).isEqualTo(new Outcome(0, """
                | Backbone | Method | jsrt<br>mean Dice, % |
                |---|---|--:|
                | swin_nano | random | 50.00 |

                One run each, of seed 0.
                """, ""));
    }

    @Test
    void anotherNumberMayBeTabulated() throws IOException {
        seeds("segment", "jsrt", "random", "swin_nano", 5, 0.5, 0.75);
        seeds("segment", "jsrt", "ACE", "swin_nano", 5, 0.8);
        seeds("classify", "rsna", "ACE", "swin_nano", 5, 0.8);
        assertThat(table("--number", "Dice heart")).isEqualTo(new Outcome(0, """
                | Backbone | Method | jsrt<br>Dice heart, % |
                |---|---|--:|
                | swin_nano | random | 31.25 ± 8.84 |
                |  | ACE | **40.00** |

                Mean ± standard deviation over 1 to 2 runs that differ in their seeds; single runs have no deviation,\
                 and are not tested. The best of a column is **bold**.
                """, "left out: 1 of 4 runs have no \"Dice heart\"\n"));
        assertThat(table("--number", "dice hart")).isEqualTo(new Outcome(1, "", "panacea table: table: no run has a"
                + " number \"dice hart\" (did you mean \"Dice heart\"?)\n"));
    }

    @Test
    void whatCouldNotBeMeasuredIsNotCompared() throws IOException {
        TransferResult run = result("classify", "rsna", "[odd]\n_name_", "swin_nano", 0, 5, Double.NaN);
        write(new TransferResult(run.kind(), run.task(), run.method(), run.model(), run.init(), 0, 5, "validation", 3,
                run.primary(), false, run.numbers()));
        assertThat(table().out()).contains("rsna (validation)<br>", "| swin_nano | \\[odd\\] \\_name\\_ | – |\n")
                .doesNotContain("bold");
        assertThat(table("--format", "latex").out()).contains("& {[}odd{]} \\_name\\_ & -- \\\\");
        assertThat(table("--format", "csv").out()).contains("swin_nano,\"[odd]\n_name_\",", ",mean AUC,0,,,,\n");
    }

    @Test
    void runsCountOnceAndLinksAreNotFollowed() throws IOException {
        seeds("segment", "jsrt", "random", "swin_nano", 5, 0.5, 0.75);
        Path run = folder.resolve("000");
        assertThat(table(run.toString(), run.resolve("run").toString(), run.resolve("run/result.json").toString()))
                .isEqualTo(table());
        Files.createSymbolicLink(folder.resolve("again"), run);
        Files.createSymbolicLink(folder.resolve("round"), folder);
        assertThat(table().out()).contains("| random | 62.50 ± 17.68 |");
        assertThat(Outcome.of("table", folder.resolve("again").toString()).out()).contains("| random | 50.00 |");
    }

    @Test
    void errorsAreOneLine() throws IOException {
        assertThat(table()).isEqualTo(new Outcome(1, "", "panacea table: table: no result.json in [" + folder
                + "] (name folders in which runs of finetune have ended)\n"));
        assertThat(table("/no/where").err()).isEqualTo(
                "panacea table: table: /no/where: no such file or folder (name folders of runs)\n");
        assertThat(table("--format", "html").code()).isEqualTo(2);
        assertThat(Outcome.of("table").code()).isEqualTo(2);
        seeds("segment", "jsrt", "random", "swin_nano", 5, 0.5);
        seeds("segment", "jsrt", "random", "swin_nano", 5, 0.75);
        Path real = folder.toRealPath();
        assertThat(table()).isEqualTo(new Outcome(1, "", "panacea table: table: " + real.resolve("000/run/result.json")
                + " and " + real.resolve("001/run/result.json") + " are the same run: \"random, swin_nano, segment"
                + " jsrt, 5 examples, test, seed 0\" (leave one out)\n"));
        Path out = folder.resolve("no/table.md");
        assertThat(Outcome.of("table", folder.resolve("000").toString(), "--out", out.toString()).err())
                .startsWith("panacea table: table " + out + ": cannot be written: ").hasLineCount(1);
        Files.writeString(folder.resolve("001/run/result.json"), "{\"kind\": \"segment\"");
        assertThat(table()).isEqualTo(new Outcome(1, "", "panacea table: result " + real.resolve("001/run/result.json")
                + ": not JSON, line 1 (is it the result of a fine-tuning?)\n"));
    }
}
