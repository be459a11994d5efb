from codigo.taller.presentacion import lista, miles, notacion, tabla


def test_la_tabla_alinea_las_cifras():
    filas = [("bigrama", "2.3", ""), ("RNN", 1.7, "+0.1"), ("LSTM", "**1.6**", "−0.2")]
    assert tabla(("modelo", "nats", "de más"), filas)._repr_markdown_() == (
        "| modelo | nats | de más |\n| :--- | ---: | ---: |\n"
        "| bigrama | 2.3 |  |\n| RNN | 1.7 | +0.1 |\n| LSTM | **1.6** | −0.2 |"
    )


def test_la_lista_marca_los_conocidos():
    assert "- *Tepic*\n- Tepixil\n" in lista(["Tepic", "", "Tepixil"], {"Tepic"})


def test_las_cantidades_se_escriben_como_en_los_libros():
    escritas = [notacion(n) for n in (2.3e-9, 0.66, 0.97, 1, 20)]
    assert escritas == ["2 × 10⁻⁹", "0.7", "1.0", "1.0", "2 × 10¹"]
    assert [miles(n) for n in (999, 2463, 30_000)] == ["999", "2463", "30&#8239;000"]
