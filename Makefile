# La cara de hacer.py: «make libro» es «python3 hacer.py libro». ENTORNO=… escoge dónde se instala, PYTHON=… con cuál,
# MOTOR=… el tejedor, y MODULOS="rnn lstm" qué rompen los mutantes.

PYTHON ?= python3
ORDENES := libro libretas curso pruebas revisar formato banco busqueda leccion entrenado ataques mutantes apagones reproducible servir limpiar candado entorno

.PHONY: $(ORDENES)
$(ORDENES):
	@command -v "$(PYTHON)" >/dev/null || { echo "No hay un «$(PYTHON)»; PYTHON=… dice con cuál."; exit 1; }
	@"$(PYTHON)" hacer.py $@ $(MODULOS)
