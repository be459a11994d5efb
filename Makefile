# El libro se hace con «make libro» y se prueba con «make pruebas». Nada se instala fuera de .venv/ (ENTORNO=… escoge otro).

PYTHON ?= python3
ENTORNO ?= .venv
V := $(ENTORNO)/bin
LISTO := $(ENTORNO)/listo
export MOTOR DESDE

.PHONY: libro libretas pruebas revisar formato banco busqueda leccion entrenado ataques mutantes apagones reproducible servir limpiar candado

libro: $(LISTO)
	$(V)/python -m imprenta libro

libretas: $(LISTO)
	$(V)/python -m imprenta libretas

pruebas: libro
	$(V)/python -m pytest --del-libro -n 2

revisar: $(LISTO)
	$(V)/ruff format --check .
	$(V)/ruff check .
	$(V)/mypy
	$(V)/python -m imprenta extraer --revisa
	$(V)/python -m pytest -m "not libro and not navegador and not cortes" --del-libro -n 2

formato: $(LISTO)
	$(V)/ruff check --fix-only -q imprenta tests ejercicios data
	$(V)/ruff format -q imprenta tests ejercicios data
	$(V)/python -m imprenta formatear
	$(V)/python -m imprenta extraer

# Mide la velocidad y la guarda para el apéndice; PyTorch solo hace falta aquí y en las pruebas de paridad.
banco: $(LISTO)
	$(V)/python -m pip install --quiet torch==2.13.0
	OPENBLAS_NUM_THREADS=1 $(V)/python -m codigo.taller.banco
	OPENBLAS_NUM_THREADS=2 $(V)/python -m codigo.taller.banco

# Entradas al azar, guiadas por atheris, contra lo que lee archivos ajenos; dice cuántas probó.
ataques: $(LISTO)
	$(V)/python -m pip install --quiet atheris==3.0.0
	$(V)/python tests/ataques.py

# Rompe las cuentas a propósito, un cambio cada vez, y dice cuáles no notan las pruebas; MODULOS="rnn lstm" escoge.
mutantes: $(LISTO)
	$(V)/python tests/mutantes.py $(MODULOS)

# Mata cincuenta veces a quien entrena, a quien busca y a quien teje, y revisa que no se pierda nada.
apagones: $(LISTO)
	$(V)/python tests/apagones.py --veces 50

# Busca de nuevo las recetas y guarda los ensayos en data/. Tarda horas; si se interrumpe, sigue donde iba.
busqueda: $(LISTO)
	OPENBLAS_NUM_THREADS=1 $(V)/python -m codigo.taller.busqueda

# Enseña a las alumnas de seis maestras y guarda en data/ sus tablas y sus pesos. Tarda dos horas; si se interrumpe, sigue.
leccion: $(LISTO)
	OPENBLAS_NUM_THREADS=1 $(V)/python -m codigo.taller.leccion

# Entrena todo otra vez, como «make libro DESDE=cero», y guarda en data/ lo que dio.
entrenado: limpiar $(LISTO)
	DESDE=cero $(V)/python -m imprenta libro
	$(V)/python -m codigo.taller.entrenado --guarda

# Teje una copia en otra carpeta y otra fecha, y la compara con _libro/ byte por byte.
reproducible: libro
	$(V)/python -m imprenta reproducible

servir: $(LISTO)
	$(V)/python -m imprenta servir

limpiar:
	rm -rf _libro .cache .pytest_cache .ruff_cache .mypy_cache .hypothesis .quarto
	find codigo imprenta tests ejercicios -name __pycache__ -prune -exec rm -rf {} +

# Vuelve a fijar las versiones exactas, con sus huellas, para Python 3.11 a 3.14.
candado: $(LISTO)
	$(V)/python -m pip install --quiet uv
	$(V)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --all-extras --group pruebas pyproject.toml --output-file requisitos.lock

$(LISTO): requisitos.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Hace falta Python 3.11 o posterior (PYTHON=… indica cuál)."; exit 1; }
	@$(PYTHON) -m venv $(ENTORNO) || \
	  { echo "Python no puede crear entornos; en Debian o Ubuntu: apt install python3-venv"; exit 1; }
	$(V)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requisitos.lock
	@touch $@
