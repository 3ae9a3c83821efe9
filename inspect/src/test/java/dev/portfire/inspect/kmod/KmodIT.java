package dev.portfire.inspect.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code modinfo} beside kmod's, on a tree of modules that kmod's own depmod has indexed. */
class KmodIT {
  private static final String KERNEL = "/lib/modules/9.9.9-test/kernel/";

  @TempDir
  Path directory;

  @Test
  void modinfoPrintsWhatKmodsPrints() throws IOException, InterruptedException {
    new Tree(directory)
        .put(KERNEL + "one/plain.ko", Modules.elf("license=GPL", "author=Ä B", "depends=", "alias=x:*y", "name=plain", "vermagic=9 "))
        .put(KERNEL + "two/with-dash.ko", SignedModule.signed(Modules.elf(
            "parmtype=b:bool", "parmtype=a:int", "parm=a:first: of two", "parm=c:no type", "license=GPL v2",
            "a_key_that_is_longer_than_the_column=1", "alias=other-name", "alias=x:1*", "depends=plain", "name=with_dash")))
        .put("/lib/modules/9.9.9-test/modules.order", "kernel/one/plain.ko\nkernel/two/with-dash.ko\n")
        .put("/lib/modules/9.9.9-test/modules.builtin", "kernel/three/inside.ko\n")
        .put("/lib/modules/9.9.9-test/modules.builtin.modinfo",
            "inside.license=GPL\0inside.alias=alias-inside\0inside.parmtype=p:int\0inside.file=three/inside\0");
    Run depmod = Run.original("depmod", List.of("-b", directory.toString(), "9.9.9-test"));
    assertThat(depmod.status()).as(depmod.err()).isZero();
    String file = directory + KERNEL + "two/with-dash.ko";
    List<List<String>> tails = List.of(
        List.of("plain"), List.of("with_dash"), List.of("with-dash", "plain"), List.of("inside"), List.of("alias-inside"),
        List.of("x:1zy"), List.of("other_name"), List.of("nothing"), List.of("-m", "with-dash"), List.of("-m", "alias_inside"),
        List.of("-m", "other-name"), List.of(file), List.of(directory + "/nothing.ko"), List.of());
    for (List<String> options : List.of(
        List.<String>of(), List.of("-0"), List.of("-p"), List.of("-n"), List.of("-a"), List.of("-F", "alias"), List.of("-l0"))) {
      for (List<String> tail : tails) {
        List<String> arguments = new ArrayList<>(List.of("-b", directory.toString(), "-k", "9.9.9-test"));
        arguments.addAll(options);
        arguments.addAll(tail);
        assertThat(Run.ours((out, err) -> new Modinfo(SysRoot.HOST, out, err).run(arguments)))
            .as(arguments.toString())
            .isEqualTo(Run.original("modinfo", arguments));
      }
    }
    for (List<String> wrong : List.of(List.of("-F"), List.of("-z", "x"), List.of("--fi", "x"), List.of("--help"), List.of("--null=1"))) {
      assertThat(Run.ours((out, err) -> new Modinfo(SysRoot.HOST, out, err).run(wrong)))
          .isEqualTo(Run.original("modinfo", wrong));
    }
  }
}
